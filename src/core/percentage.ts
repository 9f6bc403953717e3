/** The whole in the unit of rates: 190000 millionths are 19%. */
export const WHOLE = 1_000_000

/**
 * Parses an exact percentage.
 * @param text  a plain decimal: "8.875"
 * @returns millionths of the whole: 88750; undefined for anything else, and for more than four digits after the point
 */
export function parsePercentage(text: string): number | undefined {
  const match = /^(\d{1,3})(?:\.(\d{1,4}))?$/.exec(text)
  return match ? Number(match[1]) * 10_000 + Number((match[2] ?? '').padEnd(4, '0')) : undefined
}

/** The exact percentage of a rate: 88750 millionths are "8.875". */
export function formatPercentage(millionths: number): string {
  const fraction = String(millionths % 10_000)
    .padStart(4, '0')
    .replace(/0+$/, '')
  return `${Math.floor(millionths / 10_000)}${fraction && `.${fraction}`}`
}
