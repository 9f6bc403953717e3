import { createTransport } from 'nodemailer'
import type { MailTransport, OutgoingMail, SendResult } from './mail-transport.js'
import { reasonOf, resultOfError, type SmtpError } from './smtp-error.rules.js'

/** An SMTP server, as the configuration describes it. */
interface SmtpServer {
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
  readonly requiresTls: boolean
  readonly credentials: { readonly user: string; readonly password: string } | undefined
}

const CONNECT_TIMEOUT_MS = 10_000
const SOCKET_TIMEOUT_MS = 30_000
/** Of a whole attempt: a server that says something now and then does not count as inactive. */
const ATTEMPT_TIMEOUT_MS = 120_000
/** A connection is used for the mails that follow each other. */
const IDLE_TIMEOUT_MS = 5000

/** Sends mails by SMTP, one after the other on one connection. Failed attempts are not repeated here. */
export function createSmtpTransport(
  { host, port, isSecure, requiresTls, credentials }: SmtpServer,
  attemptTimeoutMs = ATTEMPT_TIMEOUT_MS,
): MailTransport {
  const transport = createTransport({
    pool: true,
    host,
    port,
    secure: isSecure,
    requireTLS: requiresTls,
    ...(credentials && { auth: { user: credentials.user, pass: credentials.password } }),
    maxConnections: 1,
    maxRequeues: 0,
    idleTimeout: IDLE_TIMEOUT_MS,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    // Content comes from this server only, never from a path or a URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const secrets = credentials ? secretsOf(credentials) : []
  return {
    send: (mail) =>
      transport
        .sendMail({ ...messageOf(mail), signal: AbortSignal.timeout(attemptTimeoutMs) })
        .then(accepted, (error: SmtpError) => resultOfError(error, [...secrets, ...mail.secrets])),
    findProblem: () =>
      transport.verify().then(
        () => undefined,
        (error: SmtpError) => reasonOf(error, secrets),
      ),
    close: () => transport.close(),
  }
}

const accepted = (): SendResult => ({ outcome: 'ACCEPTED' })

function messageOf({ from, to, replyTo, messageId, subject, text, html, attachments }: OutgoingMail) {
  return {
    from: { ...from },
    to: { ...to },
    ...(replyTo !== undefined && { replyTo }),
    messageId: `<${messageId}>`,
    subject,
    text,
    html,
    // Asks out-of-office programs not to answer. Source: RFC 3834, 5.
    headers: { 'Auto-Submitted': 'auto-generated' },
    attachments: attachments.map(({ filename, contentType, content, contentId }) => ({
      filename,
      contentType,
      content,
      ...(contentId && { cid: contentId, contentDisposition: 'inline' as const }),
    })),
  }
}

/** Servers may repeat what was sent to them: the password, or the encoded forms of AUTH PLAIN and AUTH LOGIN. */
function secretsOf({ user, password }: { user: string; password: string }): string[] {
  const encode = (value: string) => Buffer.from(value).toString('base64')
  return [encode(`\u0000${user}\u0000${password}`), encode(password), password]
}
