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
 * Sets a fictitious seller when there are demo data and no configured seller, because invoices require one.
 */
export function withDemoSeller(config: Config): Config {
  const { issuer } = config.invoices
  const configured = Object.keys(issuer).length > 2 || issuer.name !== issuer.company
  if (!config.demoData || configured) return config
  return { ...config, invoices: { ...config.invoices, issuer: { company: issuer.company, ...DEMO_SELLER } } }
}
