import { expect, test } from 'vitest'
import { parseConfig } from '../../src/config/config.js'
import { withDemoCheckout } from '../../src/demo/demo-checkout.js'

const originsOf = (environment: Record<string, string>) => withDemoCheckout(parseConfig(environment)).payments.checkoutOrigins

test('allows the return URLs of the documentation with demo data', () => {
  expect(originsOf({})).toEqual(['https://app.esluce.com'])
})

test.each<[Record<string, string>, string[]]>([
  [{ CHECKOUT_ORIGINS: 'https://panel.example.com' }, ['https://panel.example.com']],
  [{ DEMO_DATA: 'false' }, []],
  [{ PAYMENT_PROVIDER: 'none' }, []],
  [{ NODE_ENV: 'production', AUTH_JWT_SECRET: 'x'.repeat(32), PAYMENT_PROVIDER: 'sandbox' }, []],
])('allows only configured origins with %j', (environment, origins) => {
  expect(originsOf(environment)).toEqual(origins)
})
