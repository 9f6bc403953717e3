import { BLACK, contrast, formatColor, MIN_CONTRAST, mixColors, parseColor, readableColor, WHITE } from '../../core/color.js'
import { escapeXml } from '../../platform/pdf/syntax.js'
import type { MailRow } from './mail-facts.js'

/** A link that looks like a button. */
export interface MailButton {
  readonly label: string
  readonly url: string
}

/** The parts of a mail, as plain texts in the language of its reader. */
export interface MailParts {
  readonly language: string
  readonly subject: string
  readonly heading: string
  readonly greeting: string
  readonly paragraphs: readonly string[]
  readonly amount: MailRow | undefined
  readonly details: readonly MailRow[]
  readonly buttons: readonly MailButton[]
  /** About the links. */
  readonly note: string | undefined
  readonly closing: string
  readonly seller: string
  /** What is at the end: how to ask, who the seller is and why the mail was sent. */
  readonly footer: readonly string[]
}

/** The design of the seller. */
export interface MailDesign {
  /** "#rrggbb" */
  readonly accentColor: string
  readonly logo: { readonly url: string; readonly width: number; readonly height: number; readonly text: string } | undefined
}

const FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const LIGHT = { page: '#eef1f4', card: '#ffffff', ink: '#1b1f24', faint: '#5b6570', rule: '#e1e6eb' }
const DARK = { page: '#121519', card: '#1d2126', ink: '#e6e9ec', faint: '#a3adb8', rule: '#343b43' }
/** Colours are less distinct on a dark background. */
const MIN_DARK_CONTRAST = 7
const STEP = 0.94
const MAX_LOGO = { width: 180, height: 56 }

/**
 * The HTML of a mail. Mail programs support tables and inline styles best. The style element has what some of them ignore: the
 * dark colours and the smaller margins of a phone.
 */
export function mailHtml(parts: MailParts, design: MailDesign): string {
  const colors = colorsOf(design.accentColor)
  const { language, subject, heading, greeting, paragraphs, amount, details, buttons, note, closing, seller, footer } = parts
  const paragraph = (text: string) => `<p style="margin:0 0 16px">${escapeXml(text)}</p>`
  return `<!doctype html>
<html lang="${escapeXml(language)}" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeXml(subject)}</title>
<style>${styleOf(colors)}</style>
</head>
<body class="page" style="margin:0;padding:0;background:${LIGHT.page};color:${LIGHT.ink};font:16px/1.55 ${FONT};-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden">${escapeXml(paragraphs[0] ?? '')}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td class="desk" align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:580px;text-align:left">
<tr><td style="height:6px;line-height:6px;font-size:0;background:${design.accentColor};border-radius:12px 12px 0 0">&nbsp;</td></tr>
<tr><td class="card" style="padding:32px 36px;background:${LIGHT.card};border-radius:0 0 12px 12px;word-break:break-word;overflow-wrap:anywhere">
${brand(design, seller, colors)}
<h1 style="margin:0 0 20px;font-size:24px;line-height:1.25;font-weight:700">${escapeXml(heading)}</h1>
${paragraph(greeting)}
${paragraphs.map(paragraph).join('\n')}
${amount ? amountPanel(amount, colors) : ''}
${details.length > 0 ? detailTable(details) : ''}
${buttons.map((button, index) => buttonTable(button, index === 0, colors)).join('\n')}
${note ? `<p class="faint" style="margin:4px 0 0;color:${LIGHT.faint};font-size:13px;line-height:1.5">${escapeXml(note)}</p>` : ''}
<p style="margin:24px 0 0">${escapeXml(closing)}<br><strong>${escapeXml(seller)}</strong></p>
</td></tr>
<tr><td class="faint" style="padding:20px 20px 0;color:${LIGHT.faint};font-size:13px;line-height:1.5;text-align:center;word-break:break-word;overflow-wrap:anywhere">
${footer.map((line) => `<p style="margin:0 0 8px">${escapeXml(line)}</p>`).join('\n')}
</td></tr>
</table>
</td></tr></table>
</body>
</html>
`
}

interface Colors {
  readonly area: string
  /** On the area. */
  readonly onArea: string
  readonly text: string
  readonly tint: string
  readonly darkText: string
  readonly darkTint: string
}

/** Text has a shade of the accent colour that can be read on its background. */
function colorsOf(accent: string): Colors {
  const color = parseColor(accent)
  const tint = mixColors(color, parseColor(LIGHT.card), 0.08)
  const darkTint = mixColors(color, parseColor(DARK.card), 0.22)
  return {
    area: accent,
    onArea: formatColor(
      contrast(color, WHITE) >= MIN_CONTRAST ? WHITE : contrast(color, BLACK) > contrast(color, WHITE) ? parseColor(LIGHT.ink) : WHITE,
    ),
    text: formatColor(readableColor(color, tint, { step: STEP })),
    tint: formatColor(tint),
    darkText: formatColor(readableColor(color, darkTint, { towards: WHITE, minContrast: MIN_DARK_CONTRAST, step: STEP })),
    darkTint: formatColor(darkTint),
  }
}

function styleOf({ darkText, darkTint }: Colors): string {
  return `
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (max-width:480px){.desk{padding:12px 8px!important}.card{padding:24px 20px!important}.amount{font-size:26px!important}}
@media (prefers-color-scheme:dark){.page,.desk{background:${DARK.page}!important;color:${DARK.ink}!important}
.card{background:${DARK.card}!important;color:${DARK.ink}!important}.faint{color:${DARK.faint}!important}
.rule{border-color:${DARK.rule}!important}.tint{background:${darkTint}!important}.accent{color:${darkText}!important}
.logo{padding:10px 14px!important}.quiet{border-color:${DARK.rule}!important}}
`
}

/** Logos have a white background, which is a frame around them if the mail is dark. */
function brand({ logo }: MailDesign, seller: string, { text }: Colors): string {
  if (!logo) return `<p class="accent" style="margin:0 0 28px;font-size:18px;font-weight:700;color:${text}">${escapeXml(seller)}</p>`
  const scale = Math.min(MAX_LOGO.width / logo.width, MAX_LOGO.height / logo.height, 1)
  const [width, height] = [logo.width, logo.height].map((side) => Math.max(1, Math.round(side * scale)))
  return `<p style="margin:0 0 24px;line-height:0"><span class="logo" style="display:inline-block;background:#ffffff;border-radius:8px"><img src="${escapeXml(logo.url)}" alt="${escapeXml(logo.text)}" width="${width}" height="${height}" style="display:block;border:0;max-width:100%;color:#1b1f24"></span></p>`
}

function amountPanel({ label, value }: MailRow, { text, tint }: Colors): string {
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 20px"><tr><td class="tint" style="padding:16px 20px;background:${tint};border-radius:10px">
<span class="faint" style="display:block;color:${LIGHT.faint};font-size:13px">${escapeXml(label)}</span>
<span class="amount accent" style="display:block;color:${text};font-size:30px;line-height:1.2;font-weight:700">${escapeXml(value)}</span>
</td></tr></table>`
}

function detailTable(details: readonly MailRow[]): string {
  const cell = 'padding:9px 0;vertical-align:top;font-size:15px'
  const rows = details.map(({ label, value }, index) => {
    const rule = index === 0 ? '' : `;border-top:1px solid ${LIGHT.rule}`
    return `<tr><td class="faint rule" style="${cell};padding-right:16px;color:${LIGHT.faint}${rule}">${escapeXml(label)}</td><td class="rule" style="${cell};text-align:right;font-weight:600${rule}">${escapeXml(value)}</td></tr>`
  })
  return `<table width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 24px;border-collapse:collapse">
${rows.join('\n')}
</table>`
}

function buttonTable({ label, url }: MailButton, isMain: boolean, { area, onArea }: Colors): string {
  const style = isMain
    ? `background:${area};color:${onArea};border:1px solid ${area}`
    : `background:transparent;color:inherit;border:1px solid ${LIGHT.rule}`
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 12px"><tr><td>
<a class="${isMain ? 'main' : 'quiet'}" href="${escapeXml(url)}" style="display:block;padding:13px 20px;border-radius:8px;${style};font-weight:600;text-align:center;text-decoration:none">${escapeXml(label)}</a>
</td></tr></table>`
}
