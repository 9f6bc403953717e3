/** The contrast of two colours, 1 to 21, each as red, green and blue from 0 to 1. Source: WCAG 2.2, "contrast ratio". */
export function contrast(one: readonly number[], other: readonly number[]): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(color: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = color.map((channel) =>
    channel <= 0.040_45 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Red, green and blue from 0 to 1. @param hex  "#rrggbb" */
export function parseColor(hex: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
}

/** The reverse of `parseColor`. */
export function formatColor(color: readonly number[]): string {
  return `#${color
    .map((channel) =>
      Math.round(channel * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}

/** Mixes `share` of a colour, from 0 to 1, with another one. */
export function mixColors(color: readonly number[], other: readonly number[], share: number): number[] {
  return color.map((channel, index) => channel * share + (other[index] ?? 0) * (1 - share))
}
