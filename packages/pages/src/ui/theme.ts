import { createTheme, type MantineColorsTuple } from '@mantine/core'
import { settings } from './settings'

/** How much white or black each of the ten shades of Mantine contains; the accent is shade 6. */
const SHADES = [0.93, 0.85, 0.7, 0.54, 0.36, 0.18, 0, -0.14, -0.28, -0.42]
/** White text on the accent must be readable: WCAG 2.2, 1.4.3. */
const MIN_CONTRAST = 4.5

type Rgb = readonly [number, number, number]

/** @param color  "#rrggbb" */
function parseColor(color: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as unknown as Rgb
}

/** As Mantine needs it to calculate transparent shades. */
function formatColor(color: Rgb): string {
  return `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

/** @param share  above 0 white is added, below 0 black */
function mix(color: Rgb, share: number): Rgb {
  const target = share > 0 ? 255 : 0
  return color.map((part) => Math.round(part + (target - part) * Math.abs(share))) as unknown as Rgb
}

/** Relative luminance. Source: WCAG 2.2, definition of relative luminance. */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) => {
    const value = part / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as unknown as Rgb
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Darkens a color until white text on it is readable. */
export function readableAccent(color: string): Rgb {
  let accent = parseColor(color)
  while (1.05 / (luminance(accent) + 0.05) < MIN_CONTRAST) accent = mix(accent, -0.08)
  return accent
}

function shades(color: string): MantineColorsTuple {
  const accent = readableAccent(color)
  return SHADES.map((share) => formatColor(mix(accent, share))) as unknown as MantineColorsTuple
}

export const theme = createTheme({
  colors: { accent: shades(settings.accentColor) },
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 6 },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.625rem' }, h2: { fontSize: '1.125rem' }, h3: { fontSize: '1rem' } } },
  cursorType: 'pointer',
  respectReducedMotion: true,
})
