import type { Clock } from '../../../core/clock.js'
import { SECOND_MS } from '../../../core/duration.js'
import type { VatId } from '../../../core/vat-id.js'
import type { VatCheck, VatCheckAnswer } from '../vat-check.port.js'
import { readViesResponse, unavailable, type ViesResponse } from './vies.schemas.js'

/** Some member states take more than ten seconds. VIES itself responds with TIMEOUT after a while. */
const VIES_TIMEOUT_MS = 20_000
/** A response has less than 2 KiB. */
const MAX_RESPONSE_KIB = 64

/** VIES refuses the VAT id of the seller. */
const INVALID_REQUESTER_INFO = 'INVALID_REQUESTER_INFO'
/** The text cannot be a VAT id of the member state. This is a result, unlike all other errors. */
const INVALID_INPUT = 'INVALID_INPUT'

/**
 * VIES, the service of the European Commission that passes requests on to the tax offices of the member states.
 * Source: ec.europa.eu/assets/taxud/vow-information/swagger_publicVAT.yaml, POST /check-vat-number.
 */
export class Vies implements VatCheck {
  readonly #url: string
  readonly #clock: Clock
  readonly #timeoutMs: number

  constructor(url: string, clock: Clock, timeoutMs = VIES_TIMEOUT_MS) {
    this.#url = `${url.replace(/\/+$/, '')}/check-vat-number`
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  /** A requester that VIES refuses is left out. Then the answer has no consultation number. */
  async check(vatId: VatId, requester: VatId | null): Promise<VatCheckAnswer> {
    const { valid, name, address, requestIdentifier, error } = await this.#request(vatId, requester)
    if (requester !== null && error === INVALID_REQUESTER_INFO) return this.check(vatId, null)
    const at = this.#clock.now()
    if (error !== null && error !== INVALID_INPUT)
      return { result: 'UNAVAILABLE', name: null, address: null, consultationNumber: null, requester, error, at }
    return { result: valid ? 'VALID' : 'INVALID', name, address, consultationNumber: requestIdentifier, requester, error: null, at }
  }

  async #request(vatId: VatId, requester: VatId | null): Promise<ViesResponse> {
    const body = {
      countryCode: vatId.prefix,
      vatNumber: vatId.number,
      ...(requester && { requesterMemberStateCode: requester.prefix, requesterNumber: requester.number }),
    }
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(this.#timeoutMs),
        redirect: 'error',
      })
      const text = await readText(response, MAX_RESPONSE_KIB * 1024)
      return text === undefined
        ? unavailable(`the response is larger than ${MAX_RESPONSE_KIB} KiB`)
        : readViesResponse(response.status, text)
    } catch (error) {
      return unavailable(this.#describeFailure(error as Error))
    }
  }

  #describeFailure({ name, cause }: Error): string {
    if (name === 'TimeoutError') return `no response within ${this.#timeoutMs / SECOND_MS} seconds`
    const { code } = (cause ?? {}) as { code?: string }
    return code === undefined ? 'the connection failed' : `the connection failed: ${code}`
  }
}

/** @returns undefined for a body that is larger than `maxBytes`; the rest of it is not received */
async function readText(response: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
