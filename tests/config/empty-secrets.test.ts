import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Config, parseConfig } from '../../src/config/config.js'
import { systemClock } from '../../src/core/clock.js'
import { StartError } from '../../src/core/errors.js'
import { withSecret } from '../../src/demo/demo-secret.js'
import { createTokenVerifier, signToken } from '../../src/modules/identity/token.js'
import { signInvoiceLink } from '../../src/modules/invoicing/invoice-link.js'
import { signCheckout, verifyCheckoutSignature } from '../../src/modules/payments/checkout-signature.js'

let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-secrets-'))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

const NOW = new Date('2026-05-01T10:00:00.000Z')
const BUYER = { user_id: '55' }
const SECRET = 'x'.repeat(32)
const CHOICES: [name: string, values: string[]][] = [
  ['DEMO', ['', 'true', 'false']],
  ['HOST', ['', '0.0.0.0']],
  ['AUTH_JWT_SECRET', ['', SECRET]],
  ['AUTH_JWT_PREVIOUS_SECRET', ['', SECRET]],
  ['AUTH_JWKS_URL', ['', 'https://id.example.com/keys']],
  ['INVOICE_LINK_SECRET', ['', ' ', 'y'.repeat(32)]],
  ['INVOICE_LINK_PREVIOUS_SECRET', ['', 'z'.repeat(32)]],
]

/** Every combination of the choices. */
function environments(): Record<string, string>[] {
  return CHOICES.reduce<Record<string, string>[]>(
    (all, [name, values]) => all.flatMap((environment) => values.map((value) => ({ ...environment, [name]: value }))),
    [{ AUTH_JWT_AUDIENCE: 'billing', PUBLIC_URL: 'http://localhost', DATA_DIR: dataDir }],
  )
}

/** The configuration, undefined when the server does not start with it. */
async function configOf(environment: Record<string, string>): Promise<Config | undefined> {
  try {
    return await withSecret(parseConfig(environment))
  } catch (error) {
    expect(error).toBeInstanceOf(StartError)
    return undefined
  }
}

test('no valid configuration signs with a key that is derived from an empty secret', async () => {
  const forgedSignature = createHmac('sha256', '').update('quittance checkout\n55\n').digest('base64url')
  const forgedKey = createHmac('sha256', '').update('quittance invoice links').digest()
  let count = 0
  for (const environment of environments()) {
    const config = await configOf(environment)
    if (!config) continue
    count += 1
    const query = new URL(signInvoiceLink(config, { purpose: 'invoice', id: 1n }, NOW)).searchParams
    const [expires, id] = [query.get('expires'), query.get('key')]
    const forged = createHmac('sha256', forgedKey).update(`invoice\n1\n${expires}\n${id}`).digest('base64url')
    expect([environment, query.get('signature')]).not.toEqual([environment, forged])
    expect([environment, verifyCheckoutSignature(config, BUYER, forgedSignature)]).toEqual([environment, false])
    expect(verifyCheckoutSignature(config, BUYER, signCheckout(config, BUYER))).toBe(true)
  }
  expect(count).toBeGreaterThan(50)
})

test('refuses to sign or verify without a secret', () => {
  const config = { ...parseConfig({}), publicUrl: 'http://localhost' }
  expect(() => signInvoiceLink(config, { purpose: 'invoice', id: 1n }, NOW)).toThrow('no secret for invoice links')
  expect(() => signCheckout(config, BUYER)).toThrow('no secret for checkouts')
  expect(() => verifyCheckoutSignature(config, BUYER, 'x')).toThrow('no secret for checkouts')
  expect(() => createTokenVerifier(config, systemClock)).toThrow('AUTH_JWT_SECRET is not set')
  expect(() => signToken(config, systemClock, { userId: '1', role: 'user', lifetimeSeconds: 60 })).toThrow('AUTH_JWT_SECRET is not set')
})
