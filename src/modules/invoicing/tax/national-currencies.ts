/** The member states of the European Union that use the euro. */
const EURO_STATES = 'AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK'.split(' ')

/**
 * The currencies in which tax is stated or accounted for: in the member states of the European Union (Directive 2006/112/EC,
 * articles 91 and 230), the United Kingdom (Value Added Tax Regulations 1995, regulation 14), Norway (bookkeeping regulation,
 * chapter 5), and Switzerland and Liechtenstein, which share the Swiss franc (Swiss VAT Ordinance, article 45).
 */
const NATIONAL_CURRENCIES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(EURO_STATES.map((country) => [country, 'EUR'])),
  CZ: 'CZK',
  DK: 'DKK',
  HU: 'HUF',
  PL: 'PLN',
  RO: 'RON',
  SE: 'SEK',
  CH: 'CHF',
  GB: 'GBP',
  LI: 'CHF',
  NO: 'NOK',
}

/** The start of 2026-01-01 in Sofia. Source: decision of the Council of the European Union of 2025-07-08. */
const EURO_IN_BULGARIA = new Date('2025-12-31T22:00:00.000Z')

/**
 * The currency in which a seller states and accounts for tax (BT-6 of EN 16931).
 * @param country  of the seller, ISO 3166
 * @param at       when the document is issued
 * @returns null for a country whose rule is not known here
 */
export function accountingCurrencyOf(country: string | null | undefined, at: Date): string | null {
  if (country == null || !Object.hasOwn(NATIONAL_CURRENCIES, country)) return null
  if (country === 'BG' && at < EURO_IN_BULGARIA) return 'BGN'
  return NATIONAL_CURRENCIES[country] ?? null
}
