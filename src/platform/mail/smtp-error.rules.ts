import type { SendResult } from './mail-transport.js'

/** An error of nodemailer. */
export interface SmtpError {
  readonly message: string
  /** The last command, such as "RCPT TO". */
  readonly command?: string | undefined
  /** Of the server, such as 550. */
  readonly responseCode?: number | undefined
  /** The whole response, such as "550 5.1.1 User unknown". */
  readonly response?: string | undefined
}

const MAX_REASON_LENGTH = 500
/** Codes that concern the session and not the recipient: no STARTTLS, no authentication. Source: RFC 4954, 6. */
const SESSION_CODES: readonly number[] = [530, 534, 535, 538]
/** A policy of the server, such as "relaying denied", and not a wrong address. Source: RFC 3463, 3.8. */
const POLICY = /^\d{3}[ -]5\.7\./

/**
 * The address bounces if the server refuses the recipient for good. Everything else may succeed later: a wrong password or a
 * server that does not relay is a fault of the configuration, which does not make addresses invalid.
 * @param secrets  texts that the reason must not contain
 */
export function resultOfError(error: SmtpError, secrets: readonly string[]): Exclude<SendResult, { outcome: 'ACCEPTED' }> {
  const { command, responseCode = 0, response = '' } = error
  const isRefusal = command === 'RCPT TO' && responseCode >= 500 && !SESSION_CODES.includes(responseCode) && !POLICY.test(response)
  return { outcome: isRefusal ? 'BOUNCED' : 'FAILED', reason: reasonOf(error, secrets) }
}

/** One line for people, without secrets. */
export function reasonOf({ message, response }: SmtpError, secrets: readonly string[]): string {
  let text = response || message
  for (const secret of secrets) text = text.replaceAll(secret, '***')
  return (
    text
      .replaceAll(/[\p{C}\s]+/gu, ' ')
      .trim()
      .slice(0, MAX_REASON_LENGTH) || 'no reason was given'
  )
}
