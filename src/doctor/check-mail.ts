import type { Config } from '../config/config.js'
import { isLoopbackHost } from '../core/loopback.js'
import { createSmtpTransport } from '../platform/mail/smtp-transport.js'
import { type Finding, ok, problem, warning } from './finding.js'

const CHECK = 'mail'

/** Connects to the mail server and signs in, without sending anything. Findings contain no password. */
export async function checkMail({ production, mail, invoices: { issuer } }: Config): Promise<Finding> {
  if (!mail)
    return ok(CHECK, production ? 'not configured, so this server sends no mails to customers' : 'not sent, but shown at /demo/mail')
  const { server, from } = mail
  const transport = createSmtpTransport(server)
  const reason = await transport.findProblem()
  transport.close()
  if (reason !== undefined) return problem(CHECK, `MAIL_URL: ${server.host} port ${server.port} does not accept mails: ${reason}`)
  if (!server.isSecure && !server.requiresTls && !isLoopbackHost(server.host))
    return warning(
      CHECK,
      `${server.host} may receive mails without TLS, because MAIL_URL has no password; use smtps:// if it supports that`,
    )
  if (!issuer.email)
    return warning(CHECK, `replies go to ${from.address}; set INVOICE_ISSUED_FROM_EMAIL to the address that answers customers`)
  return ok(CHECK, `mails are from ${from.address}, replies go to ${issuer.email}`)
}
