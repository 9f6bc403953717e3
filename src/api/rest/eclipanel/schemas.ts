import { Type } from 'typebox'
import {
  closed,
  flag,
  id,
  nullable,
  number,
  optionalAmount,
  optionalId,
  optionalLimit,
  optionalObject,
  optionalText,
  text,
  time,
} from '../schemas.js'

const planType = Type.Enum(['free', 'paid', 'edu', 'enterprise'], { description: 'Plan category.' })
const UNLIMITED = 'Null is unlimited, 0 is none.'

const limits = {
  memory: nullable(number(`Total RAM in megabytes. ${UNLIMITED}`)),
  disk: nullable(number(`Total disk in megabytes. ${UNLIMITED}`)),
  cpu: nullable(number(`Total CPU percentage across all servers. ${UNLIMITED}`)),
  serverLimit: nullable(number(`Maximum number of servers. ${UNLIMITED}`)),
  databases: nullable(number(`Number of databases per server. ${UNLIMITED}`)),
  backups: nullable(number(`Number of backups per server. ${UNLIMITED}`)),
  portCount: nullable(number(`Ports available per server. ${UNLIMITED}`)),
  tunnelPortCount: nullable(number(`Tunnel ports available. ${UNLIMITED}`)),
  nodeLimit: nullable(number(`Maximum number of nodes. ${UNLIMITED}`)),
  emailsPerDay: nullable(number(`E-mails per day. ${UNLIMITED}`)),
  emailSendDailyLimit: nullable(number('The same as emailsPerDay.')),
}

export const plan = Type.Object({
  id: id('Plan ID.'),
  name: text('Plan display name.'),
  type: planType,
  price: nullable(number("Price of an interval in the plan's currency: 15 is 15.00. Null is a custom price.")),
  ...limits,
  features: Type.Object({}, { additionalProperties: true, description: 'Additional plan-specific feature flags.' }),
  hiddenFromBilling: Type.Boolean({ description: 'Left out of the list.' }),
  isDefault: Type.Boolean({ description: 'The free plan that every user without another plan has.' }),
})

export const order = Type.Object({
  id: id('Order ID.'),
  status: Type.Enum(['pending', 'active', 'cancelled', 'expired'], { description: 'Order status.' }),
  amount: number("Order total, in the order's currency: 15 is 15.00."),
  currency: text('ISO 4217 code of the amount.'),
  description: text('Human-readable description derived from order items.'),
  planId: nullable(id('Associated plan ID, if applicable.')),
  userId: id('The user who ordered.'),
  organisationId: nullable(id('The organisation that the order is for, if any.')),
  orgId: nullable(id('The same as organisationId.')),
  items: Type.Array(
    Type.Object({
      description: text('What it is.'),
      quantity: number('How many.'),
      price: number('Price of one.'),
      amount: number('Price of all.'),
    }),
    { description: 'The items of the order.' },
  ),
  notes: nullable(text('Internal notes; null unless you are an administrator.')),
  date: time('Creation timestamp.'),
  createdAt: time('The same as date.'),
  expiresAt: nullable(time('When the order ends by itself.')),
})

const planAndOrder = Type.Object({ plan, order })

export const currentPlan = Type.Object({
  plan: nullable(plan),
  order: nullable(order),
  expiresAt: nullable(time('When the plan ends by itself.')),
  plans: Type.Array(planAndOrder, { description: 'The plan with its order; empty while the default plan applies.' }),
  orders: Type.Array(order, { description: 'The order of the plan; empty while the default plan applies.' }),
})

/** Served by the route of invoices itself, which has it under its own address as well. */
export const invoiceDownload = {
  tags: ['EcliPanel'],
  summary: 'Download invoice',
  description: 'A PDF: the invoice, or a pro forma as long as there is none.',
  response: { 200: { description: 'The file.', content: { 'application/pdf': { schema: Type.String({ format: 'binary' }) } } } },
}

export const error = Type.Object(
  { error: text('What is wrong; "feature_disabled" while billing is switched off.') },
  { description: 'Refused.' },
)

export const idParams = Type.Object({ id: id('Its number.') })

const orgId = optionalId('The same as organisationId.')

/** Clients may add parameters of their own, such as cache-busters. */
export const orderFilter = Type.Object({
  organisationId: Type.Optional(id('Only orders of this organisation, of which you are owner or admin.')),
  orgId: Type.Optional(id('The same as organisationId.')),
})

export const placeOrder = closed({
  planId: id('Plan ID to order.'),
  organisationId: optionalId('For an organisation of which you are owner or admin.'),
  orgId,
  notes: optionalText('A note for the administrators, at most 2,000 characters; only they can read it.'),
})

export const applyPlan = closed({
  planId: id('Plan ID to apply.'),
  orderId: optionalId('A pending order of that user for that plan, to approve it.'),
  organisationId: optionalId('For an organisation of which the user is owner or admin.'),
  orgId,
  amount: optionalAmount(
    "Charge this instead of the plan's price: 150 is 150.00 in the plan's currency, 0 is a gift. Needed for a custom price; not with orderId.",
  ),
  notes: optionalText('Internal notes about why the plan was applied manually, at most 2,000 characters.'),
  expiresAt: optionalText('When the plan ends by itself: an ISO 8601 time, or a date for its first moment in UTC.'),
})

export const cancelPlan = closed({
  organisationId: optionalId("An organisation's plan instead of the user's own."),
  orgId,
  notes: optionalText('Internal notes, at most 2,000 characters.'),
})

export const cancelOrder = closed({})

const planFields = {
  price: optionalAmount("Price of an interval in the plan's currency: 15 is 15.00, null is a custom price."),
  memory: optionalLimit(`Total RAM in megabytes. ${UNLIMITED}`),
  disk: optionalLimit(`Total disk in megabytes. ${UNLIMITED}`),
  cpu: optionalLimit(`Total CPU percentage across all servers. ${UNLIMITED}`),
  serverLimit: optionalLimit(`Maximum number of servers. ${UNLIMITED}`),
  databases: optionalLimit(`Number of databases per server. ${UNLIMITED}`),
  backups: optionalLimit(`Number of backups per server. ${UNLIMITED}`),
  portCount: optionalLimit(`Ports available per server. ${UNLIMITED}`),
  tunnelPortCount: optionalLimit(`Tunnel ports available. ${UNLIMITED}`),
  nodeLimit: optionalLimit(`Maximum number of nodes. ${UNLIMITED}`),
  emailsPerDay: optionalLimit(`E-mails per day. ${UNLIMITED}`),
  emailSendDailyLimit: optionalLimit('The same as emailsPerDay.'),
  emailSendQueueLimit: Type.Optional(Type.Null({ description: 'There is no limit of queued e-mails: only null is accepted.' })),
  features: optionalObject('Additional plan-specific feature flags; null is none.'),
  hiddenFromBilling: flag('Leave it out of the list.'),
  isDefault: flag('Make it the free plan that every user without another plan has.'),
}

const newPlanType = Type.Enum(['free', 'paid', 'edu', 'educational', 'enterprise'], {
  description: 'Plan category; educational is the same as edu.',
})

export const createPlan = closed({
  name: text('Plan display name, at most 100 characters.'),
  type: newPlanType,
  slug: optionalText('What checkouts call the plan: "pro". Derived from the name if absent.'),
  ...planFields,
})
export const updatePlan = closed({ name: Type.Optional(createPlan.properties.name), type: Type.Optional(newPlanType), ...planFields })

const successBody = Type.Boolean({ description: 'Always true.' })
export const orderResponse = Type.Object({ success: successBody, order })
export const applyPlanResponse = Type.Object({
  success: successBody,
  order,
  user: Type.Object(
    {
      id: id('User ID.'),
      portalType: planType,
      limits: Type.Object(limits, { description: 'What the user may use now.' }),
    },
    { description: 'The user as it is now.' },
  ),
})
export const savedPlanResponse = Type.Object({ success: successBody, plan })
export const cancelPlanResponse = Type.Object({ success: successBody })
