import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, QUITTANCE, type RunningServer, runProgram, startProgram } from './program.js'

const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { id invoice { number pdfUrl } } } }'

let folder: string
let server: RunningServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-backup-'))
  server = await startProgram({ DATA_DIR: join(folder, 'data') })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('restores everything acknowledged before a backup made during writes', async () => {
  const { data } = await ask(server, server.administrator, '{ plans { id slug } }')
  const plan = data.plans.find(({ slug }: { slug: string }) => slug === 'pro')
  const purchases: { userId: string; id: string; number: string; bytes: Buffer }[] = []
  const buy = async (userId: string) => {
    await ask(server, server.administrator, 'mutation ($input: UpsertUserInput!) { upsertUser(input: $input) { user { id } } }', {
      input: { id: userId },
    })
    const { id, invoice } = (await ask(server, server.administrator, APPLY, { input: { userId, planId: plan.id } })).data.applyPlan.order
    return { userId, id, number: invoice.number, bytes: Buffer.from(await (await fetch(invoice.pdfUrl)).arrayBuffer()) }
  }
  for (let user = 900; user < 905; user += 1) purchases.push(await buy(String(user)))

  const backup = runProgram(QUITTANCE, { DATA_DIR: join(folder, 'data') }, ['backup', '--to', join(folder, 'backup')])
  let user = 1000
  let isBackedUp = false
  const buyDuringBackup = async () => {
    for (; !isBackedUp; user += 1) await buy(String(user))
  }
  const buying = Promise.all([buyDuringBackup(), backup.exit.then(() => (isBackedUp = true))])
  expect(await backup.exit).toBe(0)
  await buying

  // Only the backup remains.
  server.child.kill('SIGKILL')
  await server.exit
  const restored = await startProgram({ DATA_DIR: join(folder, 'backup') })
  for (const { userId, id, number, bytes } of purchases) {
    const { data: found } = await ask(
      restored,
      server.administrator,
      'query ($id: ID!) { order(id: $id) { status buyer { userId } invoice { number pdfUrl } } }',
      { id },
    )
    expect(found.order).toMatchObject({ status: 'ACTIVE', buyer: { userId: `user_${userId}` }, invoice: { number } })
    const pdf = Buffer.from(await (await fetch(found.order.invoice.pdfUrl)).arrayBuffer())
    expect(pdf.equals(bytes)).toBe(true)
  }
  const next = (await ask(restored, restored.administrator, APPLY, { input: { userId: '900', planId: plan.id } })).data.applyPlan.order
    .invoice.number
  expect(purchases.map(({ number }) => number)).not.toContain(next)
  restored.child.kill('SIGTERM')
  expect(await restored.exit).toBe(0)
})

test('overwrites no folder, and refers to pg_dump for an external database', async () => {
  const repeated = runProgram(QUITTANCE, { DATA_DIR: join(folder, 'data') }, ['backup', '--to', join(folder, 'backup')])
  expect([await repeated.exit, repeated.output()]).toEqual([1, expect.stringContaining('exists already')])
  const external = runProgram(QUITTANCE, { DATABASE_URL: 'postgresql://somewhere/else' }, ['backup', '--to', join(folder, 'other')])
  expect([await external.exit, external.output()]).toEqual([1, expect.stringContaining('pg_dump')])
})
