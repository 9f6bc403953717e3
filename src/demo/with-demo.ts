import type { Config } from '../config/config.js'
import { withDemoCheckout } from './demo-checkout.js'
import { withSecret } from './demo-secret.js'
import { withDemoSeller } from './demo-seller.js'

/** In demo mode, adds what a demo has without configuration. */
export async function withDemo(config: Config): Promise<Config> {
  return withDemoCheckout(withDemoSeller(await withSecret(config)))
}
