import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { createSmtpTransport } from '../../../src/platform/mail/smtp-transport.js'

const MAIL = {
  from: { name: 'Example Hosting', address: 'billing@example.com' },
  to: { name: 'Ada', address: 'ada@example.com' },
  replyTo: undefined,
  messageId: '1@example.com',
  subject: 'Invoice',
  text: 'Text',
  html: '<p>Text',
  attachments: [],
  secrets: [],
}

test('a server that never finishes its answer does not occupy the queue for ever', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.write('220 ready\r\n')
    // Never inactive, and never done.
    socket.once('data', () => {
      const timer = setInterval(() => socket.write('250-more\r\n'), 20)
      socket.once('close', () => clearInterval(timer))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const transport = createSmtpTransport({ host: '127.0.0.1', port, isSecure: false, requiresTls: false, credentials: undefined }, 300)
  expect(await transport.send(MAIL)).toEqual({ outcome: 'FAILED', reason: expect.stringMatching(/timeout|abort/i) })
  transport.close()
  await new Promise((done) => server.close(done))
})
