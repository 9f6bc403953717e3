import type { Mail } from '../../platform/postgres/generated/client.js'
import { documentTexts, signInvoiceLink } from '../invoicing/index.js'
import type { Services } from '../services.js'
import { mailMessagesFor } from './i18n/languages.js'
import type { MailKind } from './mail.enums.js'
import { displayName, headerText } from './mail.rules.js'
import { contentSchema, type MailContent } from './mail-content.js'
import { detailsOf, factsOf, type MailFormatter, mainAmount, nameDocument } from './mail-facts.js'
import { type MailButton, type MailDesign, mailHtml } from './mail-html.js'
import { mailText } from './mail-text.js'
import { PORTAL_LINK_DAYS, portalTarget } from './portal-link.js'

/** Links in mails are valid as long as links can be: 30 days. */
const LINK_TTL_SECONDS = 2_592_000

/** A mail with its content. */
export interface ReadableMail {
  readonly kind: MailKind
  readonly content: MailContent
  /** BCP 47 */
  readonly locale: string
  readonly organisationId: string | null
}

/** @returns undefined if the content has not been read yet */
export function readableMail({ kind, content, locale, organisationId }: Mail): ReadableMail | undefined {
  return content === null || locale === null ? undefined : { kind, content: contentSchema.parse(content), locale, organisationId }
}

export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** The logo as the HTML refers to it. The sizes are in pixels. */
export interface MailLogo {
  readonly url: string
  readonly width: number
  readonly height: number
}

/** What is different each time a mail is rendered. */
export interface MailReferences {
  readonly logo: MailLogo | undefined
  /** Signs the reader in to the portal. Null if there is none. */
  readonly portalUrl: string | null
}

/** Renders a mail as text and HTML, in the language of its reader and in the design of the seller. */
export function renderMail(
  services: Pick<Services, 'clock' | 'config'>,
  mail: ReadableMail,
  { logo, portalUrl }: MailReferences,
): RenderedMail {
  const { issuer, accentColor, timeZone } = services.config.invoices
  const { kind, content } = mail
  const { messages, locale } = mailMessagesFor(mail.locale)
  const documents = documentTexts(issuer, locale, timeZone)
  const formatter: MailFormatter = { messages, documents, locale }
  const facts = factsOf(content, formatter, issuer.company)
  const { subject, heading, paragraphs } = messages.mails[kind](facts)
  const parts = {
    language: locale,
    subject: headerText(subject),
    heading,
    greeting: messages.greeting(content.name === null ? null : displayName(content.name)),
    paragraphs,
    amount: mainAmount(kind, facts, messages),
    details: detailsOf(kind, content, facts, formatter),
    buttons: buttonsOf(services, mail, formatter, portalUrl),
    note: portalUrl === null ? undefined : messages.portalNote(PORTAL_LINK_DAYS),
    closing: messages.closing,
    seller: facts.seller,
    footer: [
      ...(issuer.email ? [messages.questions(issuer.email)] : []),
      [issuer.name, ...documents.sellerLines].map((line) => headerText(line)).join('\u00a0· '),
      messages.footer(facts.seller),
    ],
  }
  const design: MailDesign = { accentColor, logo: logo && { ...logo, text: documents.logo } }
  return { subject: parts.subject, text: mailText(parts, documents.labelled), html: mailHtml(parts, design) }
}

/** Links to what the mail is about. The first one is the most important. */
function buttonsOf(
  services: Pick<Services, 'clock' | 'config'>,
  { kind, content }: ReadableMail,
  formatter: MailFormatter,
  portalUrl: string | null,
): MailButton[] {
  const { config, clock } = services
  const { buttons } = formatter.messages
  const sign = (purpose: 'invoice' | 'order-invoice', id: bigint) => signInvoiceLink(config, { purpose, id }, clock.now(), LINK_TTL_SECONDS)
  const order =
    kind === 'ORDER_PLACED' && content.order !== null ? { label: buttons.order, url: sign('order-invoice', BigInt(content.order)) } : null
  const documents = content.documents.map((document) => ({
    label: buttons.document(nameDocument(document, formatter)),
    url: sign('invoice', BigInt(document.id)),
  }))
  const links = [...(order ? [order] : []), ...documents]
  if (portalUrl === null) return links
  return portalTarget(kind, content).isPayment
    ? [{ label: buttons.pay, url: portalUrl }, ...links]
    : [...links, { label: buttons.portal, url: portalUrl }]
}
