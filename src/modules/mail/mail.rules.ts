import { HOUR_MS, MINUTE_MS } from '../../core/duration.js'

const MIN_RETRY_DELAY_MS = MINUTE_MS
const MAX_RETRY_DELAY_MS = 4 * HOUR_MS
/** A mail fails for good after this many attempts, which take three days. It can be sent again. */
const MAX_ATTEMPTS = 26

/** Why a mail is not sent although nothing has failed. */
export const SKIP_REASONS = {
  NO_ADDRESS: 'the customer has no e-mail address',
  INVALID_ADDRESS: 'the e-mail address of the customer is not valid',
  BOUNCED_ADDRESS: 'an earlier mail to this address has bounced; sync another address, or send the mail again',
  NO_SENDER: 'MAIL_URL and MAIL_FROM are not set',
  DEMO: 'a demo without MAIL_URL sends no mails; /demo/mail shows them',
} as const

/** @param failures  number of failed attempts so far, at least 1 @returns the delay before the next attempt, in milliseconds */
export function mailRetryDelay(failures: number): number {
  return Math.min(MAX_RETRY_DELAY_MS, MIN_RETRY_DELAY_MS * 2 ** Math.min(failures - 1, 20))
}

export function isMailExhausted(attempts: number): boolean {
  return attempts >= MAX_ATTEMPTS
}

/** The same for every attempt, so that servers can detect a repetition. Source: RFC 5322, 3.6.4. */
export function messageIdOf(key: string, from: string): string {
  return `quittance.${key}@${from.slice(from.lastIndexOf('@') + 1)}`
}

const MAX_NAME_LENGTH = 80

/** Line breaks and other control characters, and those that change the direction of the text after them. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu

/** One line for a header: without control characters, and not too long. */
export function headerText(text: string, max = 200): string {
  const line = text.replaceAll(CONTROLS, ' ').trim()
  return line.length > max
    ? `${Array.from(line)
        .slice(0, max - 1)
        .join('')}…`
    : line
}

/** The name of a recipient as greetings and headers contain it. */
export function displayName(name: string): string {
  return headerText(name, MAX_NAME_LENGTH)
}

/** For the log, which contains no addresses. Servers repeat them in their responses. */
export function withoutAddresses(reason: string): string {
  return reason.replaceAll(/\S+@\S+/g, '(address)')
}
