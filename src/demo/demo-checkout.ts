import type { Config } from '../config/config.js'

/** The panel that the examples of Escluse's documentation return to after a checkout. */
const DEMO_PANEL = 'https://app.esluce.com'

/** Allows the panel of the examples as return URL when there are demo data and no configured origins. */
export function withDemoCheckout(config: Config): Config {
  const { payments } = config
  if (!config.demoData || payments.provider !== 'sandbox' || payments.checkoutOrigins.length > 0) return config
  return { ...config, payments: { ...payments, checkoutOrigins: [DEMO_PANEL] } }
}
