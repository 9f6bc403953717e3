import type { PageName } from '../config/environment/server.js'
import type { Language } from '../core/languages.js'
import { escapeXml } from '../platform/pdf/syntax.js'
import type { DemoMailTexts } from './demo-mail-texts.js'

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

/** The language of the reader, which may differ from that of a mail. */
export interface DemoMailReader {
  readonly language: Language
  readonly texts: DemoMailTexts
}

function page({ language }: DemoMailReader, title: string, content: string): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title><style>${STYLE}</style></head><body><main>
${content}
</main></body></html>`
}

interface MailListView {
  readonly mails: readonly ListedMail[]
  /** Whether the demo also sends its mails. */
  readonly isSent: boolean
  /** The pages for people that are served. */
  readonly pages: readonly PageName[]
}

export function mailListPage(reader: DemoMailReader, { mails, isSent, pages }: MailListView): string {
  const { texts } = reader
  const links = [...pages.map((name) => ({ path: `/${name}`, text: texts.pages[name] })), { path: '/graphql', text: texts.explorer }]
  const list = mails.length === 0 ? `<p>${escapeXml(texts.empty)}</p>` : `<ul class="mails">${mails.map(listItem).join('\n')}</ul>`
  const intro = `${texts.intro} ${isSent ? texts.isSent : texts.isNotSent}`
  return page(
    reader,
    texts.title,
    `<nav>${links.map(({ path, text }) => `<a href="${path}">${escapeXml(text)}</a>`).join(' · ')}</nav><h1>${escapeXml(texts.title)}</h1><p class="faint">${escapeXml(intro)}</p>${list}`,
  )
}

function listItem({ id, subject, recipient, time, status, hasFailed }: ListedMail): string {
  return `<li><a href="/demo/mail/${id}"><strong>${escapeXml(subject)}</strong><span class="faint">${escapeXml(time)}</span>
<span class="faint">${escapeXml(recipient)}</span><span class="${hasFailed ? 'bad' : 'faint'}">${escapeXml(status)}</span></a></li>`
}

/** One mail: its HTML in a frame without scripts, and its text. */
export function mailPage(reader: DemoMailReader, mail: ShownMail): string {
  const { texts } = reader
  const { subject, from, recipient, time, status, note, text, languages, attachments, htmlUrl } = mail
  const rows: [string, string][] = [
    [texts.from, escapeXml(from)],
    [texts.to, escapeXml(recipient)],
    [texts.queued, escapeXml(time)],
    [texts.status, `${escapeXml(status)}${note === null ? '' : ` <span class="faint">(${escapeXml(note)})</span>`}`],
    [
      texts.attached,
      attachments.map(({ name, url }) => `<a href="${escapeXml(url)}">${escapeXml(name)}</a>`).join(', ') ||
        `<span class="faint">${escapeXml(texts.nothingAttached)}</span>`,
    ],
    [texts.language, `<span class="languages">${languages.map(languageLink).join('')}</span>`],
  ]
  return page(
    reader,
    subject,
    `${backToList(texts)}<h1>${escapeXml(subject)}</h1>
<dl>${rows.map(([label, value]) => `<dt>${escapeXml(label)}</dt><dd>${value}</dd>`).join('')}</dl>
<div class="view"><section><h2>${escapeXml(texts.html)}</h2><iframe title="${escapeXml(texts.frame)}" sandbox="allow-popups allow-popups-to-escape-sandbox" src="${escapeXml(htmlUrl)}"></iframe></section>
<section><h2>${escapeXml(texts.text)}</h2><pre>${escapeXml(text)}</pre></section></div>`,
  )
}

function backToList({ allMails }: DemoMailTexts): string {
  return `<nav><a href="/demo/mail">${escapeXml(allMails)}</a></nav>`
}

function languageLink({ code, isShown }: ShownMail['languages'][number]): string {
  return isShown ? `<a aria-current="true">${escapeXml(code)}</a>` : `<a href="?locale=${escapeXml(code)}">${escapeXml(code)}</a>`
}

/** A mail whose content has not been determined yet. */
export function waitingMailPage(reader: DemoMailReader): string {
  const { texts } = reader
  return page(reader, texts.waitingTitle, `${backToList(texts)}<h1>${escapeXml(texts.waitingTitle)}</h1><p>${escapeXml(texts.waiting)}</p>`)
}
