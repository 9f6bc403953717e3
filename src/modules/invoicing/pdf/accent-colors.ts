import { contrast, parseColor } from '../../../core/color.js'

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

function toPdfColor(color: readonly number[]): string {
  return color.map((channel) => Math.round(channel * 1000) / 1000).join(' ')
}
