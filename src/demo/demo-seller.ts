import type { Config } from '../config/config.js'

const SELLER = {
  name: 'Example Hosting Ltd',
  address: '1 Example Street',
  city: 'Dublin',
  zip: 'D02 XY45',
  country: 'IE',
  taxId: 'IE1234567FA',
  email: 'billing@example.com',
}

/** With demo data and no seller configured, invoices come from an invented one: without a seller they would be none. */
export function withDemoSeller(config: Config): Config {
  const { issuer } = config.invoices
  const configured = Object.keys(issuer).length > 2 || issuer.name !== issuer.company
  if (!config.demoData || configured) return config
  return { ...config, invoices: { ...config.invoices, issuer: { company: issuer.company, ...SELLER } } }
}
