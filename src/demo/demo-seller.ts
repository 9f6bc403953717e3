import type { Config } from '../config/config.js'
import { DEFAULT_COMPANY_NAME } from '../config/environment/invoices.js'
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
const DEMO_COMPANY = 'Example Hosting'
const DEMO_COLOR = '#0f766e'
export const DEMO_LOGO_PATH = projectFile('src/demo/demo-logo.svg')

/**
 * With demo data, sets a fictitious seller with a logo if none is configured, or what invoices require and is not configured.
 * Customers are in the country of the seller unless they state another one.
 */
export function withDemoSeller(config: Config): Config {
  if (!config.demoData) return config
  const { invoices } = config
  const { company: configuredCompany, ...details } = invoices.issuer
  if (Object.keys(details).length > 1 || details.name !== configuredCompany) return completeSeller(config)
  const company = configuredCompany === DEFAULT_COMPANY_NAME ? DEMO_COMPANY : configuredCompany
  const brand = invoices.logoPath === undefined ? { logoPath: DEMO_LOGO_PATH, accentColor: DEMO_COLOR } : {}
  const defaultCustomerCountry = invoices.defaultCustomerCountry ?? DEMO_SELLER.country
  return { ...config, invoices: { ...invoices, issuer: { company, ...DEMO_SELLER }, missingSeller: [], defaultCustomerCountry, ...brand } }
}

function completeSeller(config: Config): Config {
  const { invoices } = config
  const { issuer, missingSeller, defaultCustomerCountry } = invoices
  const invented = ['INVOICE_ISSUED_FROM_NAME', 'INVOICE_ISSUED_FROM_ADDRESS']
  return {
    ...config,
    invoices: {
      ...invoices,
      issuer: { ...issuer, address: issuer.address ?? DEMO_SELLER.address },
      missingSeller: missingSeller.filter((name) => !invented.includes(name)),
      defaultCustomerCountry: defaultCustomerCountry ?? issuer.country,
    },
  }
}
