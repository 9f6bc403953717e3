/** A file in a mail. */
export interface MailAttachment {
  readonly filename: string
  readonly contentType: string
  readonly content: Buffer
  /** The name by which the HTML refers to it, as `cid:name`. Without it, the file is listed. */
  readonly contentId?: string
}

/** A mail to one recipient. */
export interface OutgoingMail {
  readonly from: { readonly name: string; readonly address: string }
  readonly to: { readonly name: string; readonly address: string }
  readonly replyTo: string | undefined
  /** Without angle brackets. */
  readonly messageId: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly attachments: readonly MailAttachment[]
  /** Parts of its content that a reason must not repeat. */
  readonly secrets: readonly string[]
}

/**
 * What became of an attempt. The server has accepted the mail; it refuses the address for good; or the attempt can be
 * repeated. Reasons contain no secrets.
 */
export type SendResult =
  | { readonly outcome: 'ACCEPTED' }
  | { readonly outcome: 'BOUNCED'; readonly reason: string }
  | { readonly outcome: 'FAILED'; readonly reason: string }

/** A service that sends mails. */
export interface MailTransport {
  send(mail: OutgoingMail): Promise<SendResult>
  /** Connects and signs in, without sending anything. @returns why that fails; undefined if it does not */
  findProblem(): Promise<string | undefined>
  close(): void
}
