import { z } from 'zod'

/** What a response states. */
export interface ViesResponse {
  readonly valid: boolean
  readonly name: string | null
  readonly address: string | null
  readonly requestIdentifier: string | null
  /** The code of VIES, or why the response is unusable; null for a result. */
  readonly error: string | null
}

const MAX_NAME_LENGTH = 300
const MAX_ADDRESS_LENGTH = 500

const text = z.string().nullish()

const resultSchema = z.object({
  valid: z.boolean(),
  name: text,
  address: text,
  requestIdentifier: text,
  /** VALID or INVALID, or the code of an error. */
  userError: text,
})

const errorSchema = z.object({ errorWrappers: z.array(z.object({ error: z.string() })).min(1) })

/** Codes are stored and shown. Any other text is not. */
const CODE = /^[A-Z][A-Z_]{1,59}$/

export function unavailable(error: string): ViesResponse {
  return { valid: false, name: null, address: null, requestIdentifier: null, error }
}

/** Reads a response. Errors arrive with the status 200, 4xx or 5xx. @param body  the text of the response */
export function readViesResponse(status: number, body: string): ViesResponse {
  const json = parseJson(body)
  const errors = errorSchema.safeParse(json)
  if (errors.success) return unavailable(errorCode(errors.data.errorWrappers[0]?.error))
  if (status < 200 || status >= 300) return unavailable(`HTTP ${status}`)
  if (json === undefined) return unavailable('the response is not valid JSON')
  const result = resultSchema.safeParse(json)
  if (!result.success) return unavailable('the response does not state whether the VAT id is valid')
  const { valid, name, address, requestIdentifier, userError } = result.data
  if (!valid && userError && userError !== 'INVALID') return unavailable(errorCode(userError))
  return {
    valid,
    name: disclosed(name, MAX_NAME_LENGTH),
    address: disclosed(address, MAX_ADDRESS_LENGTH),
    requestIdentifier: /^[\w-]{1,100}$/.test(requestIdentifier ?? '') ? (requestIdentifier ?? null) : null,
    error: null,
  }
}

function errorCode(code: string | undefined): string {
  return code !== undefined && CODE.test(code) ? code : 'an error without a known code'
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Member states that disclose nothing send "---". PostgreSQL stores no NUL, and documents have no control characters. */
function disclosed(value: string | null | undefined, maxLength: number): string | null {
  const lines = (value ?? '')
    .toWellFormed()
    .normalize('NFC')
    .split(/[\n\r\u2028\u2029]+/)
  const clean = lines
    .map((line) =>
      line
        .replace(/\p{Cc}/gu, ' ')
        .replace(/ {2,}/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '')
  const result = Array.from(clean.join('\n')).slice(0, maxLength).join('').trim()
  return /^-*$/.test(result) ? null : result
}
