import type { Clock } from '../../core/clock.js'
import type { VatId } from '../../core/vat-id.js'
import type { VatCheck, VatCheckAnswer } from './vat-check.port.js'

/**
 * Confirms every VAT id with correct check digits, without a network. Its answers contain neither a name nor a consultation
 * number.
 */
export class DemoVatCheck implements VatCheck {
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async check(_vatId: VatId, requester: VatId | null): Promise<VatCheckAnswer> {
    return { result: 'VALID', name: null, address: null, consultationNumber: null, requester, error: null, at: this.#clock.now() }
  }
}
