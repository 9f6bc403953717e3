import { type TSchema, Type } from 'typebox'
import { MAX_INT } from '../../../core/input.js'
import { closed, id, nullable, number, optionalId, optionalLimit, text, time } from '../schemas.js'

const envelope = <T extends TSchema>(data: T) => Type.Object({ data })

const subscriptionId = Type.String({
  minLength: 1,
  maxLength: 100,
  description:
    "Number of the subscription with its prefix, sub_4; where Escluse's events describe it, the id that they gave it: sub_abc123.",
})
const invoiceId = Type.String({ pattern: '^inv_[1-9][0-9]*$', description: 'Number of the invoice, with its prefix.' })

const subscription = Type.Object({
  id: subscriptionId,
  plan: text('Slug of the plan: "pro".'),
  status: Type.Enum(['trialing', 'active', 'past_due', 'paused', 'unpaid', 'cancelled', 'expired'], { description: 'Status.' }),
  current_period_start: time('Begin of the period.'),
  current_period_end: time('Its end.'),
  features: Type.Object(
    { max_nodes: nullable(number('Nodes; null is unlimited.')), max_servers: nullable(number('Servers; null is unlimited.')) },
    { additionalProperties: true, description: "What may be used, with the plan's own feature flags." },
  ),
})

const invoice = Type.Object({
  id: invoiceId,
  amount: number('Total in minor units: 1500 is 15.00.'),
  currency: text('ISO 4217 code.'),
  status: Type.Enum(['open', 'paid', 'partially_refunded', 'refunded', 'void'], { description: 'Status.' }),
  created_at: time('When it was issued.'),
  pdf_url: text('Opens the PDF without signing in, for an hour.'),
})

export const subscriptionResponse = envelope(nullable(subscription))
export const invoiceResponse = envelope(invoice)
export const invoicesResponse = envelope(Type.Array(invoice))

export const subscriptionParams = Type.Object({ id: subscriptionId })
export const invoiceParams = Type.Object({ id: invoiceId })

export const checkout = closed({
  plan: text('Slug of the plan: "pro".'),
  success_url: text('Where to go after paying: on an origin of CHECKOUT_ORIGINS or PUBLIC_URL.'),
  cancel_url: text('Where to go without paying.'),
})
export const checkoutResponse = envelope(Type.Object({ checkout_url: text('Where to send the customer.') }))

const wholeNumber = (description: string) => Type.Integer({ minimum: 0, maximum: MAX_INT, description })

export const server = closed({
  external_id: text('Your own name of the server; the same again is the same server.'),
  user_id: id('The user whose server it is.'),
  organisation_id: optionalId("Counts it against the organisation's plan."),
  memory: wholeNumber('Memory in MB.'),
  disk: wholeNumber('Disk in MB.'),
  cpu: wholeNumber('CPU in percent of a core.'),
  databases: optionalLimit('Databases.'),
  backups: optionalLimit('Backups.'),
  ports: optionalLimit('Network ports.'),
})
export const serverResponse = envelope(
  Type.Object({
    external_id: text('Your own name of the server.'),
    memory: number('Memory in MB.'),
    disk: number('Disk in MB.'),
    cpu: number('CPU in percent of a core.'),
    databases: number('Databases.'),
    backups: number('Backups.'),
    ports: number('Network ports.'),
    created_at: time('When it was first claimed.'),
  }),
)
export const serverParams = Type.Object({ external_id: text('Your own name of the server.') })
export const releaseResponse = envelope(Type.Object({ released: Type.Boolean({ description: 'False when there was none.' }) }))

export const error = Type.Object(
  {
    error: Type.Object({
      code: text('What kind of refusal: "PLAN_LIMIT_EXCEEDED".'),
      message: text('What is wrong.'),
      upgrade_url: Type.Optional(nullable(text('Where to buy more; null above the highest plan.'))),
    }),
  },
  { description: 'Refused.' },
)
