import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

/** A mail that the server has accepted. */
export interface ReceivedMail extends Email {
  /** The recipients of the envelope. */
  readonly envelopeTo: readonly string[]
  readonly envelopeFrom: string
  /** As it was sent. */
  readonly source: string
}

interface SmtpOptions {
  readonly credentials?: { readonly user: string; readonly password: string }
}

/** A real SMTP server that keeps the mails it receives in memory. */
export class TestSmtpServer {
  readonly received: ReceivedMail[] = []
  /** The responses to the next recipients, such as "451 4.3.0 Try again later"; undefined accepts. */
  readonly responses: (string | undefined)[] = []
  /** Runs when a mail has arrived completely, before the server confirms it. */
  onArrival: () => Promise<void> = async () => undefined
  /** The response to the content of a mail, such as "554 5.6.0 Refused"; undefined accepts. */
  onContent: (mail: ReceivedMail) => string | undefined = () => undefined
  readonly #server: SMTPServer
  readonly #credentials: SmtpOptions['credentials']

  constructor({ credentials }: SmtpOptions = {}) {
    this.#credentials = credentials
    this.#server = new SMTPServer({
      authOptional: !credentials,
      disabledCommands: credentials ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, callback) => {
        if (username === credentials?.user && password === credentials?.password) return callback(null, { user: username })
        callback(responseError(`535 5.7.8 Wrong: ${password}`))
      },
      onRcptTo: (_address, _session, callback) => {
        const response = this.responses.shift()
        callback(response === undefined ? undefined : responseError(response))
      },
      onData: (stream, { envelope }, callback) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', async () => {
          const source = Buffer.concat(chunks)
          const mail = await PostalMime.parse(source)
          const received: ReceivedMail = Object.assign(mail, {
            envelopeTo: envelope.rcptTo.map(({ address }) => address),
            envelopeFrom: envelope.mailFrom ? envelope.mailFrom.address : '',
            source: '',
          })
          // Not enumerable, because it would fill the output of a test that fails.
          Object.defineProperty(received, 'source', { value: source.toString('latin1'), enumerable: false })
          this.received.push(received)
          await this.onArrival()
          const response = this.onContent(received)
          callback(response === undefined ? undefined : responseError(response))
        })
      },
    })
    this.#server.on('error', () => undefined)
  }

  async start(): Promise<this> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done))
    return this
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port
  }

  /** The value of MAIL_URL. */
  get url(): string {
    const { user, password } = this.#credentials ?? { user: '', password: '' }
    const credentials = user === '' ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`
    return `smtp://${credentials}127.0.0.1:${this.port}`
  }

  async stop(): Promise<void> {
    await new Promise<void>((done) => this.#server.close(done))
  }
}

/** The text of a mail without what differs between runs: the address of the server, signatures and secrets. */
export function stableText(text = ''): string {
  return text
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'https://billing.example.com')
    .replaceAll(/(https:\S*?)\?\S+/g, '$1?…')
    .replaceAll(/(\/portal\/session\/)\S+/g, '$1…')
    .replaceAll('\r\n', '\n')
}

/** The link to the portal in a mail. */
export function portalLinkOf({ text = '' }: ReceivedMail): string | undefined {
  return /https?:\S+\/portal\/session\/\S+/.exec(text)?.[0]
}

/** @param response  such as "550 5.1.1 No such user" */
function responseError(response: string): Error {
  const [code, ...words] = response.split(' ')
  return Object.assign(new Error(words.join(' ')), { responseCode: Number(code) })
}
