/** The seller's colour, and what is derived from it. Each is "red green blue" from 0 to 1, as PDF has them. */
export interface AccentColors {
  /** For rules and areas: the colour itself. */
  readonly area: string
  /** For text: the colour, or a darker shade of it that can be read. */
  readonly text: string
  /** The background of the amount. */
  readonly tint: string
}

export const DEFAULT_ACCENT_COLOR = '#0b5cad'
/** The contrast that text needs. Source: WCAG 2.2, 1.4.3. */
const MIN_CONTRAST = 4.5
/** How much of the colour is in the tint. */
const TINT = 0.07
const DARKER = 0.97

let latest: { hex: string; colors: AccentColors } | undefined

/** A process has one color. @param hex  "#rrggbb" */
export function accentColors(hex: string): AccentColors {
  if (latest?.hex !== hex) latest = { hex, colors: deriveColors(hex) }
  return latest.colors
}

function deriveColors(hex: string): AccentColors {
  const area = parseColor(hex)
  const tint = area.map((channel) => 1 - (1 - channel) * TINT)
  let text = area
  // The tint is darker than white, so text that can be read on it can be read on white.
  while (contrast(text, tint) < MIN_CONTRAST) text = text.map((channel) => channel * DARKER)
  return { area: toPdfColor(area), text: toPdfColor(text), tint: toPdfColor(tint) }
}

/** The contrast of two colours, 1 to 21. Source: WCAG 2.2, "contrast ratio". */
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

function parseColor(hex: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
}

function toPdfColor(color: readonly number[]): string {
  return color.map((channel) => Math.round(channel * 1000) / 1000).join(' ')
}
