import { type TSchema, Type } from 'typebox'
import { MAX_INT } from '../../../core/input.js'
import { mapRecord } from '../../../core/record.js'
import { SERVER_FIELDS } from '../../../modules/limited-resources.rules.js'
import { closed, customerIdField, nullable, numberField, optionalCustomerId, optionalLimit, textField, timeField } from '../schemas.js'

const envelope = <T extends TSchema>(data: T) => Type.Object({ data })

const subscriptionIdField = Type.String({
  minLength: 1,
  maxLength: 100,
  description:
    "Subscription number with its prefix, for example sub_4. A subscription from Escluse's events keeps its id there, for example sub_abc123.",
})
const invoiceIdField = Type.String({ pattern: '^inv_[1-9][0-9]*$', description: 'Invoice number with its prefix, for example inv_12.' })

const subscriptionSchema = Type.Object({
  id: subscriptionIdField,
  plan: textField('Slug of the plan, for example "pro".'),
  status: Type.Enum(['trialing', 'active', 'past_due', 'paused', 'unpaid', 'cancelled', 'expired'], {
    description: 'Status of the subscription.',
  }),
  current_period_start: timeField('Start of the current period.'),
  current_period_end: timeField('End of the current period.'),
  ends_at: nullable(timeField('When access ends: the effective date of a cancellation. Null while no end is known.')),
  features: Type.Object(
    {
      max_nodes: nullable(numberField('Maximum number of nodes; null means unlimited.')),
      max_servers: nullable(numberField('Maximum number of servers; null means unlimited.')),
    },
    { additionalProperties: true, description: 'Effective limits, and the feature flags of the plan.' },
  ),
})

const invoiceSchema = Type.Object({
  id: invoiceIdField,
  amount: numberField('Total in minor units: 1500 means 15.00.'),
  currency: textField('ISO 4217 code.'),
  status: Type.Enum(['open', 'paid', 'partially_refunded', 'refunded', 'void'], { description: 'Status of the invoice.' }),
  created_at: timeField('When the invoice was issued.'),
  pdf_url: textField('Link to the PDF that works without authentication for one hour.'),
})

export const subscriptionResponse = envelope(nullable(subscriptionSchema))
export const invoiceResponse = envelope(invoiceSchema)
export const invoicesResponse = envelope(Type.Array(invoiceSchema))

export const subscriptionParams = Type.Object({ id: subscriptionIdField })
export const invoiceParams = Type.Object({ id: invoiceIdField })

export const checkoutBody = closed({
  plan: textField('Slug of the plan, for example "pro".'),
  success_url: textField('Where to redirect after payment. The origin must be in CHECKOUT_ORIGINS or be that of PUBLIC_URL.'),
  cancel_url: textField('Where to redirect when the customer cancels.'),
})
export const checkoutResponse = envelope(Type.Object({ checkout_url: textField('URL of the checkout page to redirect the customer to.') }))

const nonNegativeInteger = (description: string) => Type.Integer({ minimum: 0, maximum: MAX_INT, description })

export const serverBody = closed({
  external_id: textField('Your own id of the server. A repeated id refers to the same server.'),
  user_id: customerIdField('User that owns the server.'),
  organisation_id: optionalCustomerId('Organisation to count the server against, instead of the user.'),
  ...mapRecord(SERVER_FIELDS, ({ description, isRequired }) => (isRequired ? nonNegativeInteger(description) : optionalLimit(description))),
})
export const serverResponse = envelope(
  Type.Object({
    external_id: textField('Your own id of the server.'),
    ...mapRecord(SERVER_FIELDS, ({ description }) => numberField(description)),
    created_at: timeField('When the server was first claimed.'),
  }),
)
export const serverParams = Type.Object({ external_id: textField('Your own id of the server.') })
export const releaseResponse = envelope(
  Type.Object({ released: Type.Boolean({ description: 'False when the server had not been claimed.' }) }),
)

export const escluseErrorSchema = Type.Object(
  {
    error: Type.Object({
      code: textField('Error code, for example "PLAN_LIMIT_EXCEEDED".'),
      message: textField('Error message.'),
      upgrade_url: Type.Optional(nullable(textField('Where to upgrade; null when no higher plan exists.'))),
    }),
  },
  { description: 'The request was refused.' },
)
