import { randomUUID } from 'node:crypto'
import { invalidInputError } from '../../core/errors.js'
import { parseId } from '../../core/ids.js'
import { type Mail, Prisma } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import { customerName, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import type { ResendMailInput } from './mail.type.js'
import { enqueueMails, queuesMails } from './queue-mails.js'

/**
 * Queues a mail once more, also to an address that has bounced. It is a mail of its own, with another Message-ID, because
 * programs hide a second mail with the same one.
 * @throws BAD_USER_INPUT if it does not exist or is queued, or if no mails are sent
 */
export async function resendMail(
  { db, clock, config }: Pick<Services, 'clock' | 'config' | 'db'>,
  principal: UserPrincipal,
  { mailId }: ResendMailInput,
): Promise<Mail> {
  const id = parseId('input.mailId', mailId, 'Mail')
  if (!queuesMails(config)) throw invalidInputError('input.mailId', 'this server sends no mails; set MAIL_URL and MAIL_FROM')
  const at = clock.now()
  return runTransaction(db, async (tx) => {
    const mail = await tx.mail.findUnique({ where: { id } })
    if (!mail) throw invalidInputError('input.mailId', `mail ${id} does not exist`)
    if (mail.status === 'QUEUED') throw invalidInputError('input.mailId', `mail ${id} is still queued and is sent without this`)
    const { kind, userId, organisationId, about, content, locale, recipient } = mail
    const key = randomUUID()
    const created = await tx.mail.create({
      data: {
        key,
        kind,
        cause: `mail:${id} ${key}`,
        isRepeated: true,
        userId,
        organisationId,
        about: about as Prisma.InputJsonValue,
        content: content === null ? Prisma.DbNull : (content as Prisma.InputJsonValue),
        locale,
        recipient,
        createdAt: at,
        nextAttemptAt: at,
      },
    })
    await enqueueMails(tx, [{ key, kind }])
    await recordAuditEntry(tx, {
      actor: principal,
      action: 'resendMail',
      subject: customerName({ userId: userId ?? '', organisationId }),
      details: { id, kind },
      at,
    })
    return created
  })
}
