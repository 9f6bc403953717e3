import { StartError } from '../core/errors.js'
import { isLoopbackHost } from '../core/loopback.js'
import { isMailAddress } from '../core/mail-address.js'
import type { EnvironmentValues } from './environment.js'

/** An SMTP server. */
export interface MailServer {
  readonly host: string
  readonly port: number
  /** Whether the connection begins with TLS. */
  readonly isSecure: boolean
  /** Whether nothing is sent until the connection has changed to TLS. */
  readonly requiresTls: boolean
  readonly credentials: { readonly user: string; readonly password: string } | undefined
}

export interface MailConfig {
  readonly server: MailServer
  readonly from: { readonly name: string; readonly address: string }
}

const SECURE_PORT = 465
const SUBMISSION_PORT = 587
const URL_RULE =
  'must be like smtp://user:password@mail.example.com:587 or smtps://mail.example.com; write special characters of the password as in URLs, such as %40 for @'
const NAMED_ADDRESS = /^(?<name>[^<>]*)<(?<address>[^<>]+)>$/

/**
 * Parses the variables of mails. Errors never contain the value of MAIL_URL, which may contain a password.
 * @returns undefined if none is set
 * @throws StartError
 */
export function parseMailConfig({ MAIL_URL, MAIL_FROM, COMPANY_NAME }: EnvironmentValues): MailConfig | undefined {
  if (MAIL_URL === undefined && MAIL_FROM === undefined) return undefined
  if (MAIL_URL === undefined) throw new StartError('MAIL_URL: required with MAIL_FROM; set the SMTP server that sends the mails')
  if (MAIL_FROM === undefined) throw new StartError('MAIL_FROM: required with MAIL_URL; set the address from which mails are sent')
  return { server: parseServer(MAIL_URL), from: parseFrom(MAIL_FROM, COMPANY_NAME) }
}

function parseServer(text: string): MailServer {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isEmpty = (part: string) => part === '' || part === '/'
  const isKnown = url && /^smtps?:$/.test(url.protocol) && url.hostname !== ''
  if (!isKnown || !isEmpty(url.pathname) || url.search !== '' || url.hash !== '') throw new StartError(`MAIL_URL: ${URL_RULE}`)
  const isSecure = url.protocol === 'smtps:'
  const [user, password] = [decode(url.username), decode(url.password)]
  if (user === undefined || password === undefined || (user === '') !== (password === '')) throw new StartError(`MAIL_URL: ${URL_RULE}`)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return {
    host,
    port: url.port === '' ? (isSecure ? SECURE_PORT : SUBMISSION_PORT) : Number(url.port),
    isSecure,
    requiresTls: !isSecure && user !== '' && !isLoopbackHost(host),
    credentials: user === '' ? undefined : { user, password },
  }
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

function parseFrom(text: string, company: string): MailConfig['from'] {
  const { name, address } = NAMED_ADDRESS.exec(text)?.groups ?? { name: '', address: text }
  if (!address || !isMailAddress(address.trim())) {
    throw new StartError('MAIL_FROM: must be an address such as billing@example.com, or Example Hosting <billing@example.com>')
  }
  const unquoted = name?.trim().replace(/^"(.*)"$/, '$1')
  return { name: unquoted || company, address: address.trim() }
}
