import type { VatId } from '../../core/vat-id.js'
import type { VatCheckResult } from './vat-check.enums.js'

/** What the service has answered about a VAT id. */
export interface VatCheckAnswer {
  /** UNAVAILABLE says nothing about the VAT id. */
  readonly result: VatCheckResult
  /** As registered. Null if the member state does not disclose it. */
  readonly name: string | null
  readonly address: string | null
  /** The evidence of the check. Null without a requester. */
  readonly consultationNumber: string | null
  /** The VAT id of the seller that the service has accepted as the requester. */
  readonly requester: VatId | null
  /** Why the service is unavailable, in a few words; null if it is not. */
  readonly error: string | null
  readonly at: Date
}

/** A service that knows which VAT ids are in use. */
export interface VatCheck {
  /**
   * Requests whether a VAT id is in use. Ends within seconds and never throws: every failure is UNAVAILABLE.
   * @param requester  the VAT id of the seller; null if it has none
   */
  check(vatId: VatId, requester: VatId | null): Promise<VatCheckAnswer>
}
