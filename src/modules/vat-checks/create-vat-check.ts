import type { Config } from '../../config/config.js'
import type { Clock } from '../../core/clock.js'
import { DemoVatCheck } from './demo-vat-check.js'
import type { VatCheck } from './vat-check.port.js'
import { Vies } from './vies/vies.js'

export function createVatCheck({ invoices: { viesUrl } }: Config, clock: Clock): VatCheck {
  return viesUrl === undefined ? new DemoVatCheck(clock) : new Vies(viesUrl, clock)
}
