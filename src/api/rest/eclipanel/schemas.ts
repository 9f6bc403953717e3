import { type TSchema, Type } from 'typebox'
import type { PlanFieldName } from '../../../modules/catalog/index.js'
import { LIMIT_NOTE, mapLimits } from '../../../modules/limited-resources.rules.js'
import {
  closed,
  customerIdField,
  idField,
  nullable,
  numberField,
  optionalAmount,
  optionalCustomerId,
  optionalFlag,
  optionalId,
  optionalLimit,
  optionalObject,
  optionalText,
  textField,
  timeField,
} from '../schemas.js'

const planTypeSchema = Type.Enum(['free', 'paid', 'edu', 'enterprise'], { description: 'Plan category.' })

/** The fields of plans that EcliPanel has. */
type EcliPanelPlanField = Exclude<PlanFieldName, 'slug' | 'description' | 'currency' | 'interval' | 'rank' | 'providerVariantId'>

const limitProperties = {
  ...mapLimits(({ description }) => nullable(numberField(`${description} ${LIMIT_NOTE}`))),
  emailSendDailyLimit: nullable(numberField('Alias of emailsPerDay.')),
}

export const planSchema = Type.Object({
  id: idField('Plan ID.'),
  name: textField('Plan display name.'),
  type: planTypeSchema,
  price: nullable(numberField("Price per interval in the plan's currency: 15 means 15.00. Null means a custom price.")),
  ...limitProperties,
  features: Type.Object({}, { additionalProperties: true, description: 'Additional plan-specific feature flags.' }),
  hiddenFromBilling: Type.Boolean({ description: 'Whether the plan is omitted from the public list.' }),
  isDefault: Type.Boolean({ description: 'Whether this is the free plan of every user without another plan.' }),
} satisfies Record<'id' | EcliPanelPlanField, TSchema>)

export const orderSchema = Type.Object({
  id: idField('Order ID.'),
  status: Type.Enum(['pending', 'active', 'cancelled', 'expired'], { description: 'Order status.' }),
  amount: numberField("Order total in the order's currency: 15 means 15.00."),
  currency: textField('ISO 4217 code of the amount.'),
  description: textField('Human-readable description derived from order items.'),
  planId: nullable(idField('Associated plan ID, if applicable.')),
  userId: customerIdField('User who placed the order.'),
  organisationId: nullable(customerIdField('Organisation that the order is for, if any.')),
  orgId: nullable(customerIdField('Alias of organisationId.')),
  items: Type.Array(
    Type.Object({
      description: textField('Description of the item.'),
      quantity: numberField('Quantity.'),
      price: numberField('Unit price.'),
      amount: numberField('Total price: quantity times unit price.'),
    }),
    { description: 'Items of the order.' },
  ),
  notes: nullable(textField('Internal notes. Null unless the request is by an administrator.')),
  date: timeField('Creation timestamp.'),
  createdAt: timeField('Alias of date.'),
  expiresAt: nullable(timeField('When the order expires.')),
})

const planWithOrder = Type.Object({ plan: planSchema, order: nullable(orderSchema) })

export const currentPlanSchema = Type.Object({
  plan: nullable(planSchema),
  order: nullable(orderSchema),
  expiresAt: nullable(timeField('When the plan expires.')),
  plans: Type.Array(planWithOrder, {
    description: 'The current plan with its order, which is null for a plan that no order brought. Empty while the default plan applies.',
  }),
  orders: Type.Array(orderSchema, { description: 'The order of the current plan. Empty while the default plan applies.' }),
})

const pdfContent = { 'application/pdf': { schema: Type.String({ format: 'binary' }) } }

/** Documentation only: http/invoice-routes.ts serves this route. */
export const invoiceDownload = {
  tags: ['EcliPanel'],
  summary: 'Download invoice',
  description: 'A PDF: the invoice, or a pro forma until one is issued.',
  response: {
    200: { description: 'The PDF.', content: pdfContent },
    206: { description: 'The part that `Range` names.', content: pdfContent },
    304: Type.Null({ description: 'The PDF still has the ETag of `If-None-Match`.' }),
    416: Type.Null({ description: '`Range` begins after the end of the PDF. `Content-Range` states its size.' }),
  },
}

export const eclipanelErrorSchema = Type.Object(
  { error: textField('Error message; "feature_disabled" while billing is disabled.') },
  { description: 'The request was refused.' },
)

export const idParams = Type.Object({ id: idField('Numeric ID.') })
export const userParams = Type.Object({ id: customerIdField('User ID.') })

const orgId = optionalCustomerId('Alias of organisationId.')

/** Not closed: clients may add parameters of their own, such as cache-busters. */
export const orderFilter = Type.Object({
  organisationId: Type.Optional(customerIdField('Only orders of this organisation. Requires the role owner or admin in it.')),
  orgId: Type.Optional(customerIdField('Alias of organisationId.')),
})

export const placeOrderBody = closed({
  planId: idField('Plan to order.'),
  organisationId: optionalCustomerId('Organisation to order for. Requires the role owner or admin in it.'),
  orgId,
  notes: optionalText('Note to the administrators, at most 2,000 characters. Only administrators can read it.'),
})

export const applyPlanBody = closed({
  planId: idField('Plan to apply.'),
  orderId: optionalId('Pending order of this user for this plan, to approve it.'),
  organisationId: optionalCustomerId('Organisation to apply the plan to. The user must be owner or admin in it.'),
  orgId,
  amount: optionalAmount(
    "Amount to charge instead of the plan's price: 150 means 150.00 in the plan's currency, 0 means free. Required for a custom price; not allowed with orderId.",
  ),
  notes: optionalText('Internal notes about why the plan was applied manually, at most 2,000 characters.'),
  expiresAt: optionalText('When the plan expires: an ISO 8601 time, or a date, which means 00:00 UTC of that day.'),
})

export const cancelPlanBody = closed({
  organisationId: optionalCustomerId("Cancels the plan of this organisation instead of the user's own."),
  orgId,
  notes: optionalText('Internal notes, at most 2,000 characters.'),
})

export const cancelOrderBody = closed({})

const planProperties = {
  price: optionalAmount("Price per interval in the plan's currency: 15 means 15.00, null means a custom price."),
  ...mapLimits(({ description }) => optionalLimit(`${description} ${LIMIT_NOTE}`)),
  emailSendDailyLimit: optionalLimit('Alias of emailsPerDay.'),
  emailSendQueueLimit: Type.Optional(
    Type.Null({ description: 'Accepted for compatibility and must be null: queued e-mails are not limited.' }),
  ),
  features: optionalObject('Additional plan-specific feature flags; null means none.'),
  hiddenFromBilling: optionalFlag('Whether to omit the plan from the public list.'),
  isDefault: optionalFlag('Whether to make this the free plan of every user without another plan.'),
} satisfies Record<Exclude<EcliPanelPlanField, 'name' | 'type'> | 'emailSendDailyLimit' | 'emailSendQueueLimit', TSchema>

const planTypeInput = Type.Enum(['free', 'paid', 'edu', 'educational', 'enterprise'], {
  description: 'Plan category; educational is an alias of edu.',
})

export const createPlanBody = closed({
  name: textField('Plan display name, at most 100 characters.'),
  type: planTypeInput,
  slug: optionalText('Name of the plan in checkouts, for example "pro". Derived from the display name if absent.'),
  ...planProperties,
})
export const updatePlanBody = closed({
  name: Type.Optional(createPlanBody.properties.name),
  type: Type.Optional(planTypeInput),
  ...planProperties,
})

const successField = Type.Boolean({ description: 'Always true.' })
export const orderResponse = Type.Object({ success: successField, order: orderSchema })
export const applyPlanResponse = Type.Object({
  success: successField,
  order: orderSchema,
  user: Type.Object(
    {
      id: customerIdField('User ID.'),
      portalType: planTypeSchema,
      limits: Type.Object(limitProperties, { description: 'Effective limits of the user.' }),
    },
    { description: 'The user after the change.' },
  ),
})
export const savedPlanResponse = Type.Object({ success: successField, plan: planSchema })
export const cancelPlanResponse = Type.Object({ success: successField })
