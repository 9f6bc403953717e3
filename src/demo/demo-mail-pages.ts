import { escapeXml } from '../platform/pdf/syntax.js'

/** A mail in the list. */
export interface ListedMail {
  readonly id: string
  readonly subject: string
  readonly recipient: string
  readonly time: string
  readonly status: string
  readonly hasFailed: boolean
}

export interface ShownMail extends ListedMail {
  readonly from: string
  readonly text: string
  /** Why it was not sent. */
  readonly note: string | null
  readonly languages: readonly { readonly code: string; readonly isShown: boolean }[]
  readonly attachments: readonly { readonly name: string; readonly url: string }[]
  /** URL of the HTML. */
  readonly htmlUrl: string
}

const STYLE = `
  :root { color-scheme: light dark; --ink: #1b1f24; --faint: #5b6570; --paper: #fff; --desk: #eef1f4; --rule: #dfe4e9; --blue: #0b5cad; --bad: #b3261e }
  @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --faint: #a3adb8; --paper: #1d2126; --desk: #121519; --rule: #343b43; --blue: #6cb0f0; --bad: #ff8a80 } }
  * { box-sizing: border-box } body { margin: 0; background: var(--desk); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
  main { max-width: 1280px; margin: 0 auto; padding: 1.5rem 1rem 3rem } a { color: var(--blue) }
  h1 { font-size: 1.4rem; margin: 0 0 .25rem; overflow-wrap: anywhere } h2 { font-size: 1rem; margin: 0 0 .5rem } p { margin: 0 0 1rem }
  .faint { color: var(--faint) } .bad { color: var(--bad) } nav { margin-bottom: 1rem }
  ul.mails { list-style: none; margin: 1.25rem 0 0; padding: 0; background: var(--paper); border: 1px solid var(--rule); border-radius: 12px; overflow: hidden }
  ul.mails li + li { border-top: 1px solid var(--rule) }
  ul.mails a { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding: .8rem 1.1rem; color: inherit; text-decoration: none }
  ul.mails a:hover, ul.mails a:focus-visible { background: var(--desk) } ul.mails strong { overflow-wrap: anywhere; font-weight: 600 }
  ul.mails span { font-size: .875rem } ul.mails a > :nth-child(even) { text-align: right }
  dl { display: grid; grid-template-columns: auto 1fr; gap: .2rem 1rem; margin: .75rem 0 1.25rem } dt { color: var(--faint) } dd { margin: 0; overflow-wrap: anywhere }
  .view { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1.25rem; align-items: start }
  @media (max-width: 900px) { .view { grid-template-columns: minmax(0, 1fr) } }
  iframe, pre { width: 100%; border: 1px solid var(--rule); border-radius: 12px; background: var(--paper) }
  iframe { height: 900px } pre { margin: 0; padding: 1.1rem; font: 13px/1.55 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
  .languages a { margin-right: .6rem } .languages [aria-current] { font-weight: 700; color: inherit; text-decoration: none }`

function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title><style>${STYLE}</style></head><body><main>
${content}
</main></body></html>`
}

/** @param isSent  whether the demo also sends its mails */
export function mailListPage(mails: readonly ListedMail[], isSent: boolean): string {
  const note = isSent
    ? 'They are also sent, because MAIL_URL is set.'
    : 'They are only shown here. Set MAIL_URL and MAIL_FROM to send them.'
  const list =
    mails.length === 0
      ? '<p>No mail is queued yet. Place an order in the explorer, and reload this page.</p>'
      : `<ul class="mails">${mails.map(listItem).join('\n')}</ul>`
  return page(
    'Mails of the demo',
    `<nav><a href="/graphql">Explorer</a></nav><h1>Mails of the demo</h1><p class="faint">What customers receive, newest first. ${note}</p>${list}`,
  )
}

function listItem({ id, subject, recipient, time, status, hasFailed }: ListedMail): string {
  return `<li><a href="/demo/mail/${id}"><strong>${escapeXml(subject)}</strong><span class="faint">${escapeXml(time)}</span>
<span class="faint">${escapeXml(recipient)}</span><span class="${hasFailed ? 'bad' : 'faint'}">${escapeXml(status)}</span></a></li>`
}

/** One mail: its HTML in a frame without scripts, and its text. */
export function mailPage({ subject, from, recipient, time, status, note, text, languages, attachments, htmlUrl }: ShownMail): string {
  const rows: [string, string][] = [
    ['From', escapeXml(from)],
    ['To', escapeXml(recipient)],
    ['Queued', escapeXml(time)],
    ['Status', `${escapeXml(status)}${note === null ? '' : ` <span class="faint">(${escapeXml(note)})</span>`}`],
    [
      'Attached',
      attachments.map(({ name, url }) => `<a href="${escapeXml(url)}">${escapeXml(name)}</a>`).join(', ') ||
        '<span class="faint">nothing</span>',
    ],
    ['Language', `<span class="languages">${languages.map(languageLink).join('')}</span>`],
  ]
  return page(
    subject,
    `<nav><a href="/demo/mail">All mails</a></nav><h1>${escapeXml(subject)}</h1>
<dl>${rows.map(([label, value]) => `<dt>${label}</dt><dd>${value}</dd>`).join('')}</dl>
<div class="view"><section><h2>HTML</h2><iframe title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" src="${escapeXml(htmlUrl)}"></iframe></section>
<section><h2>Text</h2><pre>${escapeXml(text)}</pre></section></div>`,
  )
}

function languageLink({ code, isShown }: ShownMail['languages'][number]): string {
  return isShown ? `<a aria-current="true">${escapeXml(code)}</a>` : `<a href="?locale=${escapeXml(code)}">${escapeXml(code)}</a>`
}

/** A mail whose content has not been determined yet. */
export function waitingMailPage(): string {
  return page(
    'Mail',
    '<nav><a href="/demo/mail">All mails</a></nav><h1>This mail is being prepared</h1><p>Reload the page in a moment.</p>',
  )
}
