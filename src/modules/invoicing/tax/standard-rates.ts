/** Finds the standard rate of VAT of a country. @returns millionths */
export function findStandardRate(_country: string): number | undefined {
  return undefined
}
