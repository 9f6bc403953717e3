/** An address in a network for electronic invoices. */
export interface ElectronicAddress {
  /** A code of the Electronic Address Scheme list (EAS), such as "0204". */
  readonly scheme: string
  readonly id: string
}

export const ELECTRONIC_ADDRESS_RULE =
  'must be a code of the EAS list, a colon and the address, for example "9930:DE123456788" or "EM:billing@example.com"'

/** The codes of ISO 6523 begin with 0, those that only the EAS list has begin with 9 or are letters. */
const ADDRESS = /^(?<scheme>[09]\d{3}|A[NQSU]|EM):(?<id>[!-~]{1,100})$/
const MAIL_ADDRESS = /^[^@]+@[^@]+$/

/** Parses "scheme:id". @returns undefined for a text that is not an electronic address */
export function parseElectronicAddress(text: string): ElectronicAddress | undefined {
  const { scheme = '', id = '' } = ADDRESS.exec(text)?.groups ?? {}
  if (scheme === '' || (scheme === 'EM' && !MAIL_ADDRESS.test(id))) return undefined
  return { scheme, id }
}
