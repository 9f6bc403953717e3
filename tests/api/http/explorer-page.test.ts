import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../support/server.js'

let dataDir: string
let demo: TestServer
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-explorer-'))
  demo = await startServer({ environment: { AUTH_JWT_SECRET: '', DATA_DIR: dataDir } })
})
afterAll(async () => {
  await demo.close()
  await rm(dataDir, { recursive: true, force: true })
})

test('contains no token, not even for a browser on this machine in demo mode', async () => {
  for (const host of ['localhost:4000', '127.0.0.1:4000', '[::1]:4000', 'billing.example.com']) {
    const { statusCode, body, headers } = await demo.app.inject({ url: '/graphql', headers: { accept: 'text/html', host } })
    expect(statusCode).toBe(200)
    expect(body).not.toMatch(/eyJ|-token"/)
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' })
  }
})
