import type { Config } from '../../config/config.js'
import { isMailAddress } from '../../core/mail-address.js'
import type { MailAttachment, MailTransport, SendResult } from '../../platform/mail/mail-transport.js'
import type { Database } from '../../platform/postgres/client.js'
import type { Mail } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import type { ModuleRuntime } from '../define-module.js'
import type { Services } from '../services.js'
import { hasBounced } from './bounced-addresses.js'
import { findRecipient } from './find-recipient.js'
import { displayName, isMailExhausted, mailRetryDelay, messageIdOf, SKIP_REASONS, withoutAddresses } from './mail.rules.js'
import { contentSchema, type MailContent } from './mail-content.js'
import type { MailLogoFile } from './mail-logo.js'
import { createPortalLink } from './portal-link.js'
import { enqueueMails } from './queue-mails.js'
import { readContent } from './read-content.js'
import { renderMail } from './render-mail.js'

const LOGO_ID = 'logo@quittance'

type SendServices = Pick<Services, 'clock' | 'config' | 'db' | 'tokenClock'>

/** A mail with everything that is determined before its first attempt. */
interface ReadyMail extends Mail {
  readonly locale: string
  readonly content: MailContent
  /** The user to whose address it goes. */
  readonly recipientId: string | null
}

/**
 * The job: sends a queued mail, and enqueues another attempt if that fails. No transaction is open while the server responds. If
 * the process ends between the response and its recording, the mail is sent once more, with the same Message-ID.
 */
export async function sendMail(runtime: ModuleRuntime, key: string): Promise<void> {
  const { services, log } = runtime
  const found = await services.db.mail.findUnique({ where: { key } })
  if (found?.status !== 'QUEUED') return
  const { id, kind } = found
  const result = await trySending(runtime, found).catch((error: unknown): SendResult => {
    log.error({ err: error, mail: Number(id), kind }, 'a mail could not be prepared')
    return { outcome: 'FAILED', reason: 'the mail could not be prepared; the log of the server states why' }
  })
  if (result.outcome === 'BOUNCED' || result.outcome === 'FAILED') {
    const details = { mail: Number(id), kind, reason: withoutAddresses(result.reason) }
    log.warn(details, result.outcome === 'BOUNCED' ? 'a mail has bounced' : 'a mail could not be sent')
  }
  await record(services, found, result)
}

/** Why a mail was not sent although nothing has failed. */
interface Skip {
  readonly outcome: 'SKIPPED'
  readonly reason: string
}

async function trySending(
  { services, mail: { transport, loadLogo }, renderInvoice }: ModuleRuntime,
  queued: Mail,
): Promise<SendResult | Skip> {
  const mail = await prepare(services, queued)
  const reason = await findSkipReason(services, mail, transport)
  if (reason !== undefined || !transport) return { outcome: 'SKIPPED', reason: reason ?? SKIP_REASONS.NO_SENDER }
  return attempt(services, mail, transport, await loadLogo(), renderInvoice)
}

/** Determines recipient, language and content. They remain the same for later attempts, except for a recipient who has changed. */
async function prepare({ db, config }: Pick<SendServices, 'config' | 'db'>, mail: Mail): Promise<ReadyMail> {
  const { userId: recipientId, name, address, locale } = await findRecipient(db, mail, config.invoices.locale)
  if (mail.content !== null && mail.locale !== null) {
    const content = contentSchema.parse(mail.content)
    if (address === mail.recipient) return { ...mail, recipientId, locale: mail.locale, content }
    const readdressed = { recipient: address, content: { ...content, name } }
    await db.mail.update({ where: { id: mail.id }, data: readdressed })
    return { ...mail, ...readdressed, recipientId, locale: mail.locale }
  }
  const content = await readContent({ db, config }, mail, name)
  await db.mail.update({ where: { id: mail.id }, data: { recipient: address, locale, content } })
  return { ...mail, recipientId, recipient: address, locale, content }
}

async function findSkipReason(
  { db, config }: Pick<SendServices, 'config' | 'db'>,
  mail: ReadyMail,
  transport: MailTransport | null,
): Promise<string | undefined> {
  const { recipient, isRepeated } = mail
  if (recipient === null) return SKIP_REASONS.NO_ADDRESS
  if (!isMailAddress(recipient)) return SKIP_REASONS.INVALID_ADDRESS
  // An administrator who sends a mail again finds out whether the address works now.
  if (!isRepeated && (await hasBounced(db, recipient))) return SKIP_REASONS.BOUNCED_ADDRESS
  if (transport) return undefined
  return config.production ? SKIP_REASONS.NO_SENDER : SKIP_REASONS.DEMO
}

async function attempt(
  services: SendServices,
  mail: ReadyMail,
  transport: MailTransport,
  logo: MailLogoFile | undefined,
  renderInvoice: ModuleRuntime['renderInvoice'],
): Promise<SendResult> {
  const { config } = services
  const { from, replyTo } = senderOf(config)
  const portalUrl = await createPortalLink(services, mail, mail.recipientId)
  const { subject, text, html } = renderMail(services, mail, { logo: logo && { ...logo, url: `cid:${LOGO_ID}` }, portalUrl })
  const files = await readDocuments(mail.content, renderInvoice)
  const attachments = logo
    ? [...files, { filename: logo.filename, contentType: logo.contentType, content: logo.content, contentId: LOGO_ID }]
    : files
  const to = { name: mail.content.name === null ? '' : displayName(mail.content.name), address: mail.recipient ?? '' }
  const secrets = portalUrl === null ? [] : [portalUrl.slice(portalUrl.lastIndexOf('/') + 1)]
  return transport.send({ from, to, replyTo, messageId: messageIdOf(mail.key, from.address), subject, text, html, attachments, secrets })
}

function senderOf({ mail, invoices: { issuer } }: Config) {
  if (!mail) throw new Error('a transport exists, but no mail is configured')
  const replyTo = issuer.email !== undefined && isMailAddress(issuer.email) ? issuer.email : undefined
  return { from: { name: displayName(mail.from.name), address: mail.from.address }, replyTo }
}

async function readDocuments({ documents }: MailContent, renderInvoice: ModuleRuntime['renderInvoice']): Promise<MailAttachment[]> {
  const files: MailAttachment[] = []
  for (const { id, number } of documents) {
    const pdf = await renderInvoice(BigInt(id))
    files.push({ filename: `${number}.pdf`, contentType: 'application/pdf', content: await readAll(await pdf.read()) })
  }
  return files
}

async function readAll(parts: Buffer | AsyncIterable<Buffer>): Promise<Buffer> {
  if (Buffer.isBuffer(parts)) return parts
  const chunks: Buffer[] = []
  for await (const chunk of parts) chunks.push(chunk)
  return Buffer.concat(chunks)
}

interface Outcome {
  readonly status: Mail['status']
  readonly error?: string | null
  readonly attempts?: number
  readonly sentAt?: Date
}

/** Does nothing if another process has recorded an outcome. */
async function finish(db: Database, key: string, outcome: Outcome): Promise<void> {
  await db.mail.updateMany({ where: { key, status: 'QUEUED' }, data: { ...outcome, nextAttemptAt: null } })
}

async function record(services: SendServices, { key, kind, attempts: earlier }: Mail, result: SendResult | Skip): Promise<void> {
  const { db, clock } = services
  const at = clock.now()
  if (result.outcome === 'SKIPPED') return finish(db, key, { status: 'SKIPPED', error: result.reason })
  const attempts = earlier + 1
  if (result.outcome === 'ACCEPTED') return finish(db, key, { status: 'SENT', sentAt: at, attempts, error: null })
  const { outcome, reason: error } = result
  if (outcome === 'BOUNCED') return finish(db, key, { status: 'BOUNCED', attempts, error })
  if (isMailExhausted(attempts)) return finish(db, key, { status: 'FAILED', attempts, error })
  const delay = mailRetryDelay(attempts)
  await runTransaction(db, async (tx) => {
    const nextAttemptAt = new Date(at.getTime() + delay)
    await tx.mail.updateMany({ where: { key, status: 'QUEUED' }, data: { attempts, error, nextAttemptAt } })
    await enqueueMails(tx, [{ key, kind }], delay / 1000)
  })
}
