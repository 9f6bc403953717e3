/** Red, green and blue, from 0 to 1. */
export type Rgb = readonly number[]

/** The contrast that text needs. Source: WCAG 2.2, 1.4.3. */
export const MIN_CONTRAST = 4.5
/** How much of the color a step towards another one leaves. */
const STEP = 0.97

export const WHITE: Rgb = [1, 1, 1]
export const BLACK: Rgb = [0, 0, 0]

/** @param hex  "#rrggbb" */
export function parseColor(hex: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
}

interface Shade {
  /** The color that is added, as much as is needed: black on a light background, white on a dark one. */
  towards?: Rgb
  minContrast?: number
  step?: number
}

/** The color, or a shade of it in which text can be read on the background. */
export function readableColor(color: Rgb, background: Rgb, { towards = BLACK, minContrast = MIN_CONTRAST, step = STEP }: Shade = {}): Rgb {
  let text = color
  while (contrast(text, background) < minContrast) text = mixColors(text, towards, step)
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
