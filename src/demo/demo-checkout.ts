import type { Config } from '../config/config.js'

/** The panel to which the examples of Escluse's documentation return after a checkout. */
const DEMO_PANEL = 'https://app.esluce.com'

/** With demo data and no configured origin, the sandbox returns customers to the panel of the examples. */
export function withDemoCheckout(config: Config): Config {
  const { payments } = config
  if (!config.demoData || payments.provider !== 'sandbox' || payments.checkoutOrigins.length > 0) return config
  return { ...config, payments: { ...payments, checkoutOrigins: [DEMO_PANEL] } }
}
