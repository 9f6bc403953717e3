import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, type RunningServer, startProgram } from '../../e2e/program.js'
import { cloneDatabase, databaseUrl } from '../../support/database.js'

const PROCESSES = 3
const SECRET = 'one secret that all processes share'

let connection: pg.PoolConfig
let processes: RunningServer[]
let proxy: Proxy
let loadBalanced: RunningServer
let db: pg.Client

beforeAll(async () => {
  connection = await cloneDatabase()
  processes = []
  // The first process adds the demo catalog and users to the database.
  for (let number = 0; number < PROCESSES; number += 1) processes.push(await startProgram(environment('0')))
  proxy = await startProxy(() => processes.map(({ url }) => url))
  loadBalanced = { ...(processes[0] as RunningServer), url: proxy.url }
  db = new pg.Client(connection)
  await db.connect()
})
afterAll(async () => {
  await db.end()
  proxy.close()
  for (const { child } of processes) child.kill('SIGTERM')
  await Promise.all(processes.map(({ exit }) => exit))
})

function environment(port: string) {
  return {
    DATABASE_URL: databaseUrl(connection),
    DEMO: 'true',
    AUTH_JWT_SECRET: SECRET,
    PORT: port,
    DATABASE_POOL_SIZE: '6',
  }
}

interface Proxy {
  url: string
  close(): void
}

/** A round-robin proxy that skips processes without a response. */
async function startProxy(targets: () => string[]): Promise<Proxy> {
  let next = 0
  const forward = (incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer, attempts: number): void => {
    const all = targets()
    const target = new URL(incoming.url ?? '/', all[next++ % all.length])
    const headers = { ...incoming.headers, connection: 'close', 'content-length': String(body.length) }
    request(target, { method: incoming.method, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
      .on('error', (error) => {
        if (attempts < all.length * 2 && !outgoing.headersSent) forward(incoming, outgoing, body, attempts + 1)
        else outgoing.writeHead(502).end(error.message)
      })
      .end(body)
  }
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    forward(incoming, outgoing, Buffer.concat(chunks), 0)
  })
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { id invoice { number } } } }'

test('propagates settings and plans to every process', async () => {
  const { data } = await ask(loadBalanced, loadBalanced.administrator, '{ plans { id name } }')
  const [plan] = data.plans
  await ask(loadBalanced, loadBalanced.administrator, 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }', {
    input: { id: plan.id, name: 'Renamed' },
  })
  for (const each of processes)
    await expect.poll(async () => (await ask(each, each.customer, '{ plans { name } }')).data.plans[0].name).toBe('Renamed')
  for (const enabled of [false, true]) {
    await ask(
      loadBalanced,
      loadBalanced.administrator,
      'mutation ($on: Boolean!) { setBillingEnabled(input: { enabled: $on }) { enabled } }',
      { on: enabled },
    )
    for (const each of processes)
      await expect.poll(async () => (await ask(each, each.customer, '{ billingEnabled }')).data.billingEnabled).toBe(enabled)
  }
})

test('executes concurrent requests with one idempotency key on all processes once', async () => {
  const { data } = await ask(loadBalanced, loadBalanced.administrator, '{ plans { id slug } }')
  const plan = data.plans.find(({ slug }: { slug: string }) => slug !== 'free')
  const input = { userId: '55', planId: plan.id, idempotencyKey: 'everywhere-at-once' }
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask(loadBalanced, loadBalanced.administrator, APPLY, { input })))
  expect(new Set(answers.map((answer) => answer.data?.applyPlan.order.id)).size).toBe(1)
})

test('loses no request and skips no invoice number during rolling restarts under load', async () => {
  const { data } = await ask(loadBalanced, loadBalanced.administrator, '{ plans { id price { minorUnits } } }')
  // A plan that costs nothing gets no invoice.
  const plan = data.plans.find(({ price }: { price: { minorUnits: number } | null }) => (price?.minorUnits ?? 0) > 0)
  let restarting = true
  let user = 1000
  const acknowledged: string[] = []
  const write = async () => {
    while (restarting) {
      user += 1
      const userId = String(user)
      await ask(
        loadBalanced,
        loadBalanced.administrator,
        'mutation ($input: UpsertUserInput!) { upsertUser(input: $input) { user { id } } }',
        {
          input: { id: userId },
        },
      )
      const answer = await ask(loadBalanced, loadBalanced.administrator, APPLY, {
        input: { userId, planId: plan.id, idempotencyKey: `for-${userId}` },
      })
      expect(answer.errors).toBeUndefined()
      acknowledged.push(answer.data.applyPlan.order.invoice.number)
    }
  }
  const read = async () => {
    while (restarting)
      expect(
        (await ask(loadBalanced, loadBalanced.customer, '{ orders(first: 10) { nodes { id plan { name } } } }')).errors,
      ).toBeUndefined()
  }
  const load = Promise.all([write(), write(), write(), read(), read()])
  for (let number = 0; number < PROCESSES; number += 1) {
    const old = processes[number] as RunningServer
    old.child.kill('SIGTERM')
    expect(await old.exit).toBe(0)
    processes[number] = await startProgram(environment(new URL(old.url).port))
  }
  restarting = false
  await load
  const { rows } = await db.query("SELECT number, sequence FROM invoices WHERE kind = 'INVOICE' ORDER BY sequence")
  expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1))
  expect(rows.map(({ number }) => number)).toEqual(expect.arrayContaining(acknowledged))
  expect(new Set(acknowledged).size).toBe(acknowledged.length)
  expect(acknowledged.length).toBeGreaterThan(20)
  const { rows: active } = await db.query(
    "SELECT user_id FROM orders WHERE status = 'ACTIVE' GROUP BY user_id, organisation_id HAVING count(*) > 1",
  )
  expect(active).toEqual([])
})
