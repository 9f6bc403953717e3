import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config/config.js'
import { isValidVatIdOf } from '../../src/core/vat-id.js'
import { withDemoSeller } from '../../src/demo/demo-seller.js'
import { loadLogo } from '../../src/modules/invoicing/index.js'
import { testLogger } from '../support/logger.js'

const invoicesOf = (environment: Record<string, string> = {}) => withDemoSeller(parseConfig(environment)).invoices

describe('the seller of the demo', () => {
  test('has everything that a document shows, and a valid VAT id', () => {
    const { issuer } = invoicesOf()
    expect(issuer).toMatchObject({ company: 'Example Hosting', country: 'IE', registrationId: '123456' })
    for (const detail of ['register', 'contact', 'phone', 'email'] as const) expect(issuer[detail]).toBeTruthy()
    expect(isValidVatIdOf('IE', issuer.taxId ?? '')).toBe(true)
  })

  test('has a logo that can be loaded, in its accent color', async () => {
    const { logoPath, accentColor } = invoicesOf()
    const warnings: object[] = []
    const logo = await loadLogo(logoPath, testLogger({ warn: (details) => void warnings.push(details) }))
    expect(logo).toMatchObject({ width: 900, height: 900 })
    expect(warnings).toEqual([])
    expect(accentColor).toBe('#0f766e')
  })

  test('keeps a configured name and a configured logo with its color', () => {
    expect(invoicesOf({ COMPANY_NAME: 'Acme' }).issuer.company).toBe('Acme')
    const own = invoicesOf({ INVOICE_LOGO_PATH: 'logo.png', INVOICE_ACCENT_COLOR: '#112233' })
    expect(own).toMatchObject({ logoPath: 'logo.png', accentColor: '#112233' })
  })

  test('does not replace a configured seller, and adds the address that invoices require', () => {
    const { issuer, logoPath, missingSeller } = invoicesOf({ INVOICE_ISSUED_FROM_NAME: 'Acme Ltd' })
    expect(issuer).toEqual({ company: 'Quittance', name: 'Acme Ltd', address: '1 Example Street' })
    expect(logoPath).toBeUndefined()
    expect(missingSeller).toEqual(['INVOICE_ISSUED_FROM_COUNTRY', expect.stringContaining('INVOICE_ISSUED_FROM_TAX_ID')])
  })

  test('customers are in the country of the seller', () => {
    expect(invoicesOf({}).defaultCustomerCountry).toBe('IE')
    expect(invoicesOf({ INVOICE_ISSUED_FROM_COUNTRY: 'FR' }).defaultCustomerCountry).toBe('FR')
    expect(invoicesOf({ DEFAULT_CUSTOMER_COUNTRY: 'DE' }).defaultCustomerCountry).toBe('DE')
  })
})
