import { randomUUID } from 'node:crypto'
import type { Config } from '../../config/config.js'
import { enqueueAll } from '../../platform/jobs/queue.js'
import type { Database, Transaction } from '../../platform/postgres/client.js'
import { bind } from '../../platform/postgres/statement.js'
import { type LateWrite, writeAtEnd } from '../../platform/postgres/write-at-end.js'
import { followEvents } from '../webhooks/index.js'
import type { MailKind } from './mail.enums.js'
import { MAIL_QUEUE, SEND_MAIL } from './mail.jobs.js'
import { QUEUE_MAILS } from './mail.statements.js'
import { mailsOfEvents, type NewMail } from './mails-of-events.rules.js'

type KeyedMail = NewMail & { readonly key: string }

const LATE_MAILS: LateWrite<KeyedMail> = {
  bind: (mails) =>
    bind(QUEUE_MAILS, {
      mailKeys: mails.map(({ key }) => key),
      mailKinds: mails.map(({ kind }) => kind),
      mailCauses: mails.map(({ cause }) => cause),
      mailUsers: mails.map(({ customer }) => customer.userId || null),
      mailOrganisations: mails.map(({ customer }) => customer.organisationId),
      mailSubjects: mails.map(({ about }) => JSON.stringify(about)),
      mailTimes: mails.map(({ at }) => at),
    }),
}

/**
 * Queues mails in the transaction of their cause: they are sent if and only if it commits. Of a cause that has a mail of the
 * kind already, nothing is queued.
 */
export async function queueMails(tx: Transaction, mails: readonly NewMail[]): Promise<void> {
  const keyed = mails.map((mail) => ({ ...mail, key: randomUUID() }))
  await writeAtEnd(tx, LATE_MAILS, keyed)
  await enqueueMails(tx, keyed)
}

/** Customers must receive them at once, so they are sent before others that wait. Source: § 312k (4) BGB. */
const URGENT_KINDS: readonly MailKind[] = ['CANCELLED', 'REFUND_REQUESTED']

/** Enqueues the jobs that send mails. */
export async function enqueueMails(tx: Transaction, mails: readonly Pick<KeyedMail, 'key' | 'kind'>[], delaySeconds = 0): Promise<void> {
  const jobsOf = (isUrgent: boolean) =>
    mails.filter(({ kind }) => URGENT_KINDS.includes(kind) === isUrgent).map(({ key }) => ({ payload: { key }, key: `sendMail:${key}` }))
  for (const isUrgent of [true, false]) {
    await enqueueAll(tx, SEND_MAIL, jobsOf(isUrgent), { queue: MAIL_QUEUE, isLowPriority: !isUrgent, delaySeconds })
  }
}

/** Whether mails are queued: if they can be sent, or shown at /demo/mail. */
export function queuesMails({ mail, production }: Pick<Config, 'mail' | 'production'>): boolean {
  return mail !== undefined || !production
}

/** Makes the events of a client queue their mails. */
export function followEventsWithMails(db: Database, config: Pick<Config, 'mail' | 'production'>): void {
  if (!queuesMails(config)) return
  followEvents(db, async (tx, events) => {
    await queueMails(tx, mailsOfEvents(events))
  })
}
