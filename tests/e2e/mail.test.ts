import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestSmtpServer } from '../support/smtp-server.js'
import { processesOf, type RunningServer, startProgram } from './program.js'

let dataDir: string
const smtp = new TestSmtpServer()

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-mail-'))
  await smtp.start()
})
afterAll(async () => {
  await smtp.stop()
  for (const pid of await processesOf(dataDir)) process.kill(pid, 'SIGKILL')
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
})

const start = (): Promise<RunningServer> => startProgram({ DATA_DIR: dataDir, MAIL_URL: smtp.url, MAIL_FROM: 'billing@example.com' })

async function until(condition: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 6000; attempt += 1) {
    if (condition()) return
    await sleep(10)
  }
  throw new Error('the condition was not met in time')
}

test('a mail whose server is killed before its confirmation is sent again with the same Message-ID, and no other one twice', async () => {
  const started = start()
  // The first mail has arrived, and its confirmation never does.
  const arrived = new Promise<void>((done) => {
    smtp.onArrival = () => {
      done()
      return new Promise(() => undefined)
    }
  })
  const killed = await started
  await arrived
  killed.child.kill('SIGKILL')
  await killed.exit
  smtp.onArrival = async () => undefined
  const restarted = await start()
  // The demo data have three orders and two invoices.
  await until(() => new Set(smtp.received.map(({ messageId }) => messageId)).size === 5)
  restarted.child.kill('SIGTERM')
  await restarted.exit
  const ids = smtp.received.map(({ messageId }) => messageId)
  const [first] = ids
  expect(ids.filter((id) => id === first)).toHaveLength(2)
  expect(ids).toHaveLength(6)
  const [once, again] = smtp.received.filter(({ messageId }) => messageId === first)
  expect(again?.subject).toBe(once?.subject)
  expect(smtp.received.some(({ attachments }) => attachments.some(({ filename }) => filename === 'INV-2026-000001.pdf'))).toBe(true)
  // The logo of the demo is part of the HTML.
  expect(once?.html).toContain('src="cid:logo@quittance"')
  expect(once?.attachments).toMatchObject([{ mimeType: 'image/png', contentId: '<logo@quittance>' }])
})
