import { parseColor, type Rgb, readableColor } from '../../../core/color.js'

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
/** How much of the colour is in the tint. */
const TINT = 0.07

let latest: { hex: string; colors: AccentColors } | undefined

/** A process has one color. @param hex  "#rrggbb" */
export function accentColors(hex: string): AccentColors {
  if (latest?.hex !== hex) latest = { hex, colors: deriveColors(hex) }
  return latest.colors
}

function deriveColors(hex: string): AccentColors {
  const area = parseColor(hex)
  const tint = area.map((channel) => 1 - (1 - channel) * TINT)
  // The tint is darker than white, so text that can be read on it can be read on white.
  const text = readableColor(area, tint)
  return { area: toPdfColor(area), text: toPdfColor(text), tint: toPdfColor(tint) }
}

function toPdfColor(color: Rgb): string {
  return color.map((channel) => Math.round(channel * 1000) / 1000).join(' ')
}
