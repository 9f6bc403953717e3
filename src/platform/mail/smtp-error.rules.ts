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
const ENHANCED_CODE = /^\d{3}[ -](5\.\d{1,3}\.\d{1,3})\b/
/** The mailbox or its domain does not exist, has moved, is disabled or accepts no mail. Source: RFC 3463, 3.2 and 3.3, and RFC 7505. */
const ADDRESS_CODES: readonly string[] = ['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1']
/** Those of a mailbox, from servers without enhanced codes, which use them for their policies as well. Source: RFC 5321, 4.2.3. */
const MAILBOX_CODES: readonly number[] = [550, 551, 553]
const POLICY_WORDS = /relay|sender|authenti|block|black|spam|policy|denied|reject|allow|permi|reputation|\bips?\b/i

/**
 * The address bounces if the server states that it is wrong. Everything else may succeed later: a full mailbox is emptied, and
 * a server that refuses the seller does not make the addresses of customers invalid.
 * @param secrets  texts that the reason must not contain
 */
export function resultOfError(error: SmtpError, secrets: readonly string[]): Exclude<SendResult, { outcome: 'ACCEPTED' }> {
  const { command, responseCode = 0, response = '' } = error
  const isBounce = command === 'RCPT TO' && isWrongAddress(responseCode, response)
  return { outcome: isBounce ? 'BOUNCED' : 'FAILED', reason: reasonOf(error, secrets) }
}

function isWrongAddress(code: number, response: string): boolean {
  const [, enhancedCode] = ENHANCED_CODE.exec(response) ?? []
  if (enhancedCode !== undefined) return ADDRESS_CODES.includes(enhancedCode)
  return MAILBOX_CODES.includes(code) && !POLICY_WORDS.test(response)
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
