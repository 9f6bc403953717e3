import type { Config } from '../config/config.js'

const DEMO_SELLER = {
  name: 'Example Hosting Ltd',
  address: '1 Example Street',
  city: 'Dublin',
  zip: 'D02 XY45',
  country: 'IE',
  taxId: 'IE1234567FA',
  email: 'billing@example.com',
}

/**
 * With demo data, sets a fictitious seller if none is configured, or what invoices require and is not configured. Customers are in
 * the country of the seller unless they state another one.
 */
export function withDemoSeller(config: Config): Config {
  if (!config.demoData) return config
  const { issuer: configured, missingSeller, defaultCustomerCountry } = config.invoices
  const isConfigured = Object.keys(configured).length > 2 || configured.name !== configured.company
  const { company, ...details } = configured
  const issuer = isConfigured ? { company, address: DEMO_SELLER.address, ...details } : { company, ...DEMO_SELLER }
  const invented = ['INVOICE_ISSUED_FROM_NAME', 'INVOICE_ISSUED_FROM_ADDRESS']
  return {
    ...config,
    invoices: {
      ...config.invoices,
      issuer,
      missingSeller: isConfigured ? missingSeller.filter((name) => !invented.includes(name)) : [],
      defaultCustomerCountry: defaultCustomerCountry ?? issuer.country,
    },
  }
}
