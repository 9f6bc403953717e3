import type { Config } from '../config/config.js'
import { projectFile } from '../core/project-file.js'

const DEMO_SELLER = {
  name: 'Example Hosting Ltd',
  address: '1 Example Street',
  city: 'Dublin',
  zip: 'D02 XY45',
  country: 'IE',
  taxId: 'IE1234567FA',
  email: 'billing@example.com',
  registrationId: '123456',
  register: 'Registered in Dublin, Ireland',
  contact: 'Accounts department',
  phone: '+353 20 910 0123',
}
/** The default of COMPANY_NAME, which is not the name of a seller. */
const DEFAULT_COMPANY = 'Quittance'
const DEMO_COMPANY = 'Example Hosting'
const DEMO_LOGO = { path: 'src/demo/demo-logo.svg', color: '#0f766e' }

/**
 * Sets a fictitious seller with a logo when there are demo data and no configured seller, because invoices require one.
 */
export function withDemoSeller(config: Config): Config {
  const { invoices } = config
  const { issuer } = invoices
  const configured = Object.keys(issuer).length > 2 || issuer.name !== issuer.company
  if (!config.demoData || configured) return config
  const company = issuer.company === DEFAULT_COMPANY ? DEMO_COMPANY : issuer.company
  const brand = invoices.logoPath === undefined ? { logoPath: projectFile(DEMO_LOGO.path), accentColor: DEMO_LOGO.color } : {}
  return { ...config, invoices: { ...invoices, issuer: { company, ...DEMO_SELLER }, ...brand } }
}
