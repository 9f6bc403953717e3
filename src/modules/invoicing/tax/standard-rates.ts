import { parsePercentage } from '../../../core/percentage.js'

const R: Record<string, string> = {
  AT: '20',
  BE: '21',
  BG: '20',
  CY: '19',
  CZ: '21',
  DE: '19',
  DK: '25',
  EE: '24',
  GR: '24',
  ES: '21',
  FI: '25.5',
  FR: '20',
  HR: '25',
  HU: '27',
  IE: '23',
  IT: '22',
  LT: '21',
  LU: '17',
  LV: '21',
  MT: '18',
  NL: '21',
  PL: '23',
  PT: '23',
  RO: '21',
  SE: '25',
  SI: '22',
  SK: '23',
  GB: '20',
  CH: '8.1',
}
/** Finds the standard rate of VAT of a country. @returns millionths */
export function findStandardRate(country: string): number | undefined {
  return R[country] === undefined ? undefined : parsePercentage(R[country])
}
