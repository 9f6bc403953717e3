import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cloneDatabase, databaseUrl } from '../support/database.js'
import { Receiver } from '../support/receiver.js'
import { type Client, readBody, untilReady, workersOf } from '../support/worker-processes.js'
import { processesOf, type RunningServer, runFirst, runProgram, startProgram } from './program.js'

const WORKERS = 2
const INVALID_TOKEN_COST = 20
const POINTS = 1000

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-workers-'))
})
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))

/** Two of the connected clients, each to another worker process. */
function pair(clients: Map<number, Client>): [Client, Client] {
  return [...clients.values()] as [Client, Client]
}

describe('a server with two worker processes', () => {
  let server: RunningServer
  let clients: Map<number, Client>
  let db: pg.Client
  let receiver: Receiver

  beforeAll(async () => {
    const connection = await cloneDatabase()
    db = new pg.Client(connection)
    await db.connect()
    receiver = await Receiver.start()
    server = await startProgram({
      ...{ DATABASE_URL: databaseUrl(connection), DEMO: 'true', AUTH_JWT_SECRET: 'a secret that only this test knows, long enough' },
      ...{ WORKERS: String(WORKERS), RATE_LIMIT_POINTS: String(POINTS), RATE_LIMIT_RESTORE_RATE: '1' },
    })
    clients = await untilReady(server, WORKERS)
  })
  afterAll(async () => {
    for (const client of clients.values()) client.close()
    server.child.kill('SIGTERM')
    expect(await server.exit).toBe(0)
    await receiver.close()
    await db.end()
  })

  test('responds from both, which are processes of their own, and prints its address once', async () => {
    expect([...clients.keys()].sort()).toEqual([...(await workersOf(server)).values()].sort())
    expect(clients.has(server.child.pid ?? 0)).toBe(false)
    expect(server.output().match(/Quittance is ready/g)).toHaveLength(1)
    for (const number of [1, 2]) await server.until(new RegExp(`worker process ${number} is ready`))
  })

  test('returns the sums of the metrics of all processes from each of them', async () => {
    const [first, second] = pair(clients)
    const counted = async (client: Client) => {
      const text = await readBody(await client.send('/metrics'))
      expect(text.match(/^quittance_database_up /gm)).toHaveLength(1)
      return Number(/^quittance_http_request_seconds_count\{route="GET \/livez",outcome="200"\} (\d+)$/m.exec(text)?.[1] ?? 0)
    }
    const before = await counted(first)
    for (let number = 0; number < 3; number += 1) await readBody(await first.send('/livez'))
    for (let number = 0; number < 4; number += 1) await readBody(await second.send('/livez'))
    expect(await counted(first)).toBe(before + 7)
    expect(await counted(second)).toBe(before + 7)
  })

  test('limits the rate of a client on all of them together', async () => {
    const send = async (client: Client) => {
      const headers = { authorization: 'Bearer invalid', 'content-type': 'application/json' }
      const response = await client.send('/graphql', { method: 'POST', headers, body: '{"query":"{ billingEnabled }"}' })
      await readBody(response)
      return response.statusCode
    }
    const allowed = POINTS / INVALID_TOKEN_COST
    const started = performance.now()
    const statuses: (number | undefined)[] = []
    for (let number = 0; number < allowed; number += 1) {
      for (const client of clients.values()) statuses.push(await send(client))
    }
    const restored = Math.ceil((performance.now() - started) / 1000 / INVALID_TOKEN_COST)
    const accepted = statuses.filter((status) => status === 401).length
    expect(accepted).toBeLessThanOrEqual(allowed + restored)
    expect(accepted).toBeGreaterThan(allowed / 2)
    expect(statuses.filter((status) => status === 429)).toHaveLength(statuses.length - accepted)
  })

  test('notifies the subscribers of another process of a change', async () => {
    const [first, second] = pair(clients)
    const query = 'subscription { orderUpdated { id status } }'
    const stream = await first.send('/graphql/stream', {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${server.administrator}`, accept: 'text/event-stream', 'content-type': 'application/json' },
        connection: 'close',
      },
      body: JSON.stringify({ query }),
    })
    expect(stream.statusCode).toBe(200)
    const received = (async () => {
      let text = ''
      for await (const chunk of stream) {
        text += chunk
        const order = /"orderUpdated":\{"id":"([^"]+)"/.exec(text)?.[1]
        if (order) return order
      }
      return undefined
    })()
    const order = await applyPlan(second, '2000')
    expect(await received).toBe(order)
    stream.destroy()
    clients = await untilReady(server, WORKERS)
  })

  test('moves the clock of all processes', async () => {
    const [first, second] = pair(clients)
    const to = new Date(Date.now() + 40 * 86_400_000).toISOString()
    const moved = await first.ask(server.administrator, 'mutation ($to: DateTime!) { advanceClock(input: { to: $to }) { now } }', { to })
    expect(moved.errors).toBeUndefined()
    const now = async () => (await second.ask(server.customer, '{ now }')).data.now >= to
    await expect.poll(now).toBe(true)
  })

  const jobWorkers = async () => {
    const { rows } = await db.query("SELECT pid FROM pg_stat_activity WHERE application_name ~ '^pool-' AND datname = current_database()")
    return rows.length
  }

  test('runs the jobs and sends events in one process only, also after it was killed', async () => {
    expect(await jobWorkers()).toBe(1)
    const { administrator } = server
    const CREATE = 'mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { endpoint { id } } }'
    const [client] = pair(clients)
    expect((await client.ask(administrator, CREATE, { input: { url: receiver.url } })).errors).toBeUndefined()
    await applyPlan(client, '2001')
    const killed = (await workersOf(server)).get(1) ?? 0
    process.kill(killed, 'SIGKILL')
    const survivor = [...clients.values()].find(({ pid }) => pid !== killed) as Client
    // The other process serves requests in the meantime.
    await applyPlan(survivor, '2002')
    await server.until(/"worker":1,"ending":"SIGKILL".*is replaced/)
    clients = await untilReady(server, WORKERS, [killed])
    await applyPlan(survivor, '2003')
    const users = ['2001', '2002', '2003']
    const documents = async () => {
      const { rows } = await db.query(
        `SELECT DISTINCT user_id FROM invoices JOIN invoice_documents ON invoice_documents.invoice_id = invoices.id WHERE user_id = ANY($1)`,
        [users],
      )
      return rows.length
    }
    await expect.poll(documents, { timeout: 120_000 }).toBe(users.length)
    const delivered = () => users.filter((user) => receiver.received.some(({ event }) => event.data.userId === user))
    await expect.poll(delivered, { timeout: 120_000 }).toEqual(users)
    await expect.poll(jobWorkers).toBe(1)
  })

  test('replaces a process that is stopped and closes its connections', async () => {
    const [first, second] = pair(clients)
    process.kill(second.pid, 'SIGSTOP')
    const waiting = second.send('/livez').then(readBody)
    const lost = expect(waiting).rejects.toThrow()
    // The other one serves requests in the meantime.
    expect((await first.send('/livez')).statusCode).toBe(200)
    await server.until(new RegExp(`"pid":${second.pid},"msg":"a worker process does not respond and is killed"`))
    await lost
    clients = await untilReady(server, WORKERS, [second.pid])
    expect(clients.has(first.pid)).toBe(true)
  })

  test('does not count less when a process has ended', async () => {
    const total = async (client: Client) => {
      const text = await readBody(await client.send('/metrics'))
      return Number(/^quittance_http_request_seconds_count\{route="GET \/livez",outcome="200"\} (\d+)$/m.exec(text)?.[1])
    }
    const [first, second] = pair(clients)
    const before = await total(first)
    expect(before).toBeGreaterThan(0)
    process.kill(second.pid, 'SIGKILL')
    await untilReady(server, WORKERS, [second.pid])
    expect(await total(first)).toBeGreaterThanOrEqual(before)
  })

  /** @returns the id of the order */
  async function applyPlan(client: Client, userId: string): Promise<string> {
    await client.ask(server.administrator, 'mutation ($input: UpsertUserInput!) { upsertUser(input: $input) { user { id } } }', {
      input: { id: userId },
    })
    const { errors, data } = await client.ask(
      server.administrator,
      'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { id } } }',
      { input: { userId, planId: '3' } },
    )
    expect(errors).toBeUndefined()
    return data.applyPlan.order.id
  }
})

describe('the end of a server with worker processes', () => {
  test('finishes the requests of all processes on SIGTERM, stops PostgreSQL and exits with 0', async () => {
    const dataDir = join(folder, 'stop')
    const server = await startProgram({ DATA_DIR: dataDir, WORKERS: '2' })
    const clients = await untilReady(server, 2)
    for (const client of clients.values()) client.close()
    const body = '{"query":"{ billingEnabled }"}'
    const sockets = await Promise.all(
      // The primary process passes connections to the worker processes in turn.
      Array.from({ length: 4 }, async () => {
        const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
        const headers = ['host: localhost', 'content-type: application/json', `content-length: ${body.length}`, 'expect: 100-continue']
        socket.write(`POST /graphql HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
        await once(socket, 'data')
        return socket
      }),
    )
    server.child.kill('SIGTERM')
    await expect.poll(() => isRefused(server)).toBe(true)
    for (const socket of sockets) {
      socket.write(body)
      const [response] = await once(socket, 'data')
      expect(String(response)).toContain('{"data":{"billingEnabled":true}')
    }
    expect(await server.exit).toBe(0)
    expect(await processesOf(dataDir)).toEqual([])
    expect(await workersOf(server)).toEqual(new Map())
  })

  test('ends all processes when the primary one is killed, and the next start works', async () => {
    const dataDir = join(folder, 'kill')
    const server = await startProgram({ DATA_DIR: dataDir, WORKERS: '2' })
    await untilReady(server, 2)
    const second = runProgram('dist/bundle/main.js', { PORT: '0', DATA_DIR: dataDir, WORKERS: '2' })
    expect(await second.exit).toBe(1)
    expect(second.output()).toMatch(/^DATA_DIR: another Quittance \(process \d+\) is running on .*\n$/)
    const pids = [...(await workersOf(server)).values()]
    server.child.kill('SIGKILL')
    await server.exit
    await expect.poll(() => pids.filter(isAlive)).toEqual([])
    const next = await startProgram({ DATA_DIR: dataDir, WORKERS: '2' })
    next.child.kill('SIGTERM')
    expect(await next.exit).toBe(0)
  })

  test('refuses connections above the maximum of each process', async () => {
    const server = await startProgram({ DATA_DIR: join(folder, 'connections'), WORKERS: '2', HTTP_MAX_CONNECTIONS: '10' })
    await untilReady(server, 2).then((clients) => [...clients.values()].map((client) => client.close()))
    const sockets = Array.from({ length: 40 }, () => connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => undefined))
    const closed = () => sockets.filter((socket) => socket.closed).length
    for (const socket of sockets) socket.resume()
    // At most 20 stay open, and fewer if the processes did not get equal numbers.
    await expect.poll(closed).toBeGreaterThanOrEqual(20)
    expect(closed()).toBeLessThan(40)
    for (const socket of sockets) socket.destroy()
    await expect.poll(async () => (await fetch(`${server.url}/livez`).catch(() => undefined))?.status).toBe(200)
    server.child.kill('SIGTERM')
    expect(await server.exit).toBe(0)
  })

  test('exits with an error when no process starts any more', async () => {
    const dataDir = join(folder, 'broken')
    const marker = join(folder, 'is-broken')
    const code = `import { existsSync } from 'node:fs'
      if (process.argv[2] === 'worker' && existsSync(${JSON.stringify(marker)})) process.exit(3)`
    const server = await startProgram({ DATA_DIR: dataDir, WORKERS: '2', ...runFirst(code) })
    await untilReady(server, 2)
    await writeFile(marker, '')
    for (const pid of (await workersOf(server)).values()) process.kill(pid, 'SIGKILL')
    expect(await server.exit).toBe(1)
    await expect.poll(server.output).toMatch(/\nworker process \d has ended \(exit code 3\) instead of starting\n$/)
    expect(await processesOf(dataDir)).toEqual([])
  })
})

async function isRefused({ url }: RunningServer): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  return once(socket, 'connect').then(
    () => {
      socket.destroy()
      return false
    },
    () => true,
  )
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
