import { formatDecimal } from '../../../core/money.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import { amountToPay, paymentReference } from '../invoice.rules.js'

/** The transfer that pays a document. */
export interface Transfer {
  readonly recipient: string
  readonly iban: string
  readonly bic: string | null
  /** Minor units. */
  readonly amount: bigint
  readonly currency: string
  readonly reference: string
}

/** The transfer to the first account that the document states, if something is to pay. */
export function transferFor(document: DocumentSnapshot): Transfer | undefined {
  const account = document.howToPay?.methods.find(({ iban }) => iban !== null)
  const amount = BigInt(amountToPay(document))
  if (!account?.iban || amount <= 0n) return undefined
  const { issuer, currency } = document
  return { recipient: issuer.name, iban: account.iban, bic: account.bic, amount, currency, reference: paymentReference(document) }
}

/** Countries of the European Economic Area: within it, a transfer needs no BIC. */
const ECONOMIC_AREA = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' ')
/** The other countries of the Single Euro Payments Area, by the prefixes of their IBANs. */
const OTHER_SEPA = 'AD AL CH GB GI MC MD ME MK RS SM VA'.split(' ')
const MAX_EPC_AMOUNT = 99_999_999_999n
const MAX_EPC_BYTES = 331
const MAX_NAME = 70
const MAX_TEXT = 140

/**
 * The text of a QR code that starts a SEPA credit transfer. Source: EPC069-12, version 002.
 * @returns undefined if the guideline does not allow one: another currency, an account outside SEPA, or one outside the
 *   European Economic Area without a BIC, or too large an amount
 */
export function epcCode({ recipient, iban, bic, amount, currency, reference }: Transfer): string | undefined {
  const country = iban.slice(0, 2)
  const isAllowed = ECONOMIC_AREA.includes(country) || (OTHER_SEPA.includes(country) && bic !== null)
  if (currency !== 'EUR' || !isAllowed || amount > MAX_EPC_AMOUNT) return undefined
  const [purpose, structuredReference] = ['', '']
  const code = [
    'BCD',
    '002',
    '1',
    'SCT',
    bic ?? '',
    oneLine(recipient, MAX_NAME),
    iban,
    `EUR${formatDecimal({ minorUnits: amount, currency })}`,
    purpose,
    structuredReference,
    oneLine(reference, MAX_TEXT),
  ].join('\n')
  return Buffer.byteLength(code) > MAX_EPC_BYTES ? undefined : code
}

/** A field of a code ends at a line break. */
export function oneLine(text: string, maxLength: number): string {
  return [...text.replaceAll(/\s+/g, ' ').trim()].slice(0, maxLength).join('').trim()
}
