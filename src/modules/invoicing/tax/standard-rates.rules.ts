import { parsePercentage } from '../../../core/percentage.js'

/** The standard rate of VAT of a country. */
export interface StandardRate {
  /** Percent, an exact decimal: "25.5". */
  readonly percentage: string
  readonly source: string
  /** The day of the source: "2026-10-04". */
  readonly asOf: string
}

const inTheUnion = (percentage: string): StandardRate => ({
  percentage,
  source: 'Taxes in Europe Database of the European Commission',
  asOf: '2026-10-04',
})

/**
 * The standard rates of VAT of the member states of the European Union, the United Kingdom and Switzerland, by ISO 3166 code.
 * They apply until an administrator sets rates for the country. Regions with a rate of their own, such as Madeira, are not
 * included.
 */
export const STANDARD_RATES: Readonly<Record<string, StandardRate>> = {
  AT: inTheUnion('20'),
  BE: inTheUnion('21'),
  BG: inTheUnion('20'),
  CY: inTheUnion('19'),
  CZ: inTheUnion('21'),
  DE: inTheUnion('19'),
  DK: inTheUnion('25'),
  // 22 until 2025-06-30.
  EE: inTheUnion('24'),
  ES: inTheUnion('21'),
  // 24 until 2024-08-31.
  FI: inTheUnion('25.5'),
  FR: inTheUnion('20'),
  GR: inTheUnion('24'),
  HR: inTheUnion('25'),
  HU: inTheUnion('27'),
  IE: inTheUnion('23'),
  IT: inTheUnion('22'),
  LT: inTheUnion('21'),
  // 16 in 2023.
  LU: inTheUnion('17'),
  LV: inTheUnion('21'),
  MT: inTheUnion('18'),
  NL: inTheUnion('21'),
  PL: inTheUnion('23'),
  PT: inTheUnion('23'),
  // 19 until 2025-07-31.
  RO: inTheUnion('21'),
  SE: inTheUnion('25'),
  SI: inTheUnion('22'),
  // 20 until 2024-12-31.
  SK: inTheUnion('23'),

  // Since 2011-01-04.
  GB: { percentage: '20', source: 'Value Added Tax Act 1994, section 2', asOf: '2026-08-19' },
  // 7.7 until 2023-12-31. An increase from 2028 on is planned.
  CH: { percentage: '8.1', source: 'Federal Act on Value Added Tax, article 25', asOf: '2026-08-19' },
}

/** Finds the standard rate of VAT of a country. @returns millionths */
export function findStandardRate(country: string): number | undefined {
  const rate = STANDARD_RATES[country]
  return rate && parsePercentage(rate.percentage)
}
