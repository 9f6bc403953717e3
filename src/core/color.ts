/** Red, green and blue, from 0 to 1. */
export type Rgb = readonly number[]

/** The contrast that text needs. Source: WCAG 2.2, 1.4.3. */
const MIN_CONTRAST = 4.5
const DARKER = 0.97

export const WHITE: Rgb = [1, 1, 1]

/** @param hex  "#rrggbb" */
export function parseColor(hex: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
}

/** The color, or a darker shade of it in which text can be read on a light background. */
export function readableColor(color: Rgb, background: Rgb): Rgb {
  let text = color
  while (contrast(text, background) < MIN_CONTRAST) text = text.map((channel) => channel * DARKER)
  return text
}

/** The contrast of two colors, 1 to 21. Source: WCAG 2.2, "contrast ratio". */
export function contrast(one: Rgb, other: Rgb): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(color: Rgb): number {
  const [red = 0, green = 0, blue = 0] = color.map((channel) =>
    channel <= 0.040_45 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** The reverse of `parseColor`. */
export function formatColor(color: Rgb): string {
  return `#${color
    .map((channel) =>
      Math.round(channel * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}

/** Mixes `share` of a color, from 0 to 1, with another one. */
export function mixColors(color: Rgb, other: Rgb, share: number): Rgb {
  return color.map((channel, index) => channel * share + (other[index] ?? 0) * (1 - share))
}
