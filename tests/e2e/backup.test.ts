import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, type RunningServer, runProgram, startProgram } from './program.js'

const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { id invoice { number pdfUrl } } } }'

let folder: string
let server: RunningServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-backup-'))
  server = await startProgram({ DATA_DIR: join(folder, 'data') })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a backup that was made while people buy brings everything back that had been acknowledged before it', async () => {
  const { data } = await ask(server, server.administrator, '{ plans { id slug } }')
  const plan = data.plans.find(({ slug }: { slug: string }) => slug === 'pro')
  const bought: { userId: string; id: string; number: string; bytes: Buffer }[] = []
  const buy = async (userId: string) => {
    await ask(server, server.administrator, 'mutation ($input: UpsertUserInput!) { upsertUser(input: $input) { id } }', {
      input: { id: userId },
    })
    const { id, invoice } = (await ask(server, server.administrator, APPLY, { input: { userId, planId: plan.id } })).data.applyPlan.order
    return { userId, id, number: invoice.number, bytes: Buffer.from(await (await fetch(invoice.pdfUrl)).arrayBuffer()) }
  }
  for (let user = 900; user < 905; user += 1) bought.push(await buy(String(user)))

  const backup = runProgram('dist/cli/backup.js', { DATA_DIR: join(folder, 'data') }, ['--to', join(folder, 'backup')])
  let user = 1000
  let isOver = false
  const goOn = async () => {
    for (; !isOver; user += 1) await buy(String(user))
  }
  const going = Promise.all([goOn(), backup.exit.then(() => (isOver = true))])
  expect(await backup.exit).toBe(0)
  await going

  // Everything is gone but the backup.
  server.child.kill('SIGKILL')
  await server.exit
  const again = await startProgram({ DATA_DIR: join(folder, 'backup') })
  for (const { userId, id, number, bytes } of bought) {
    const { data: found } = await ask(
      again,
      server.administrator,
      'query ($id: ID!) { order(id: $id) { status buyer { userId } invoice { number pdfUrl } } }',
      { id },
    )
    expect(found.order).toMatchObject({ status: 'ACTIVE', buyer: { userId }, invoice: { number } })
    const pdf = Buffer.from(await (await fetch(found.order.invoice.pdfUrl)).arrayBuffer())
    expect(pdf.equals(bytes)).toBe(true)
  }
  const next = (await ask(again, again.administrator, APPLY, { input: { userId: '900', planId: plan.id } })).data.applyPlan.order.invoice
    .number
  expect(bought.map(({ number }) => number)).not.toContain(next)
  again.child.kill('SIGTERM')
  expect(await again.exit).toBe(0)
})

test('a backup overwrites nothing, and says what to do for a database of one’s own', async () => {
  const twice = runProgram('dist/cli/backup.js', { DATA_DIR: join(folder, 'data') }, ['--to', join(folder, 'backup')])
  expect([await twice.exit, twice.output()]).toEqual([1, expect.stringContaining('is there already')])
  const own = runProgram('dist/cli/backup.js', { DATABASE_URL: 'postgresql://somewhere/else' }, ['--to', join(folder, 'other')])
  expect([await own.exit, own.output()]).toEqual([1, expect.stringContaining('pg_dump')])
})
