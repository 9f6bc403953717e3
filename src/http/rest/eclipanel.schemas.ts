import { Type } from 'typebox'
import { id, nullable, number, text, time } from './schemas.js'

const planType = Type.Enum(['free', 'paid', 'edu', 'enterprise'], { description: 'Plan category.' })

export const plan = Type.Object({
  id: id('Plan ID.'),
  name: text('Plan display name.'),
  type: planType,
  price: nullable(number("Price of an interval in the plan's currency: 15 is 15.00. Null is a custom price.")),
  memory: nullable(number('Total RAM in megabytes. Null is unlimited, here and below; 0 is none.')),
  disk: nullable(number('Total disk in megabytes.')),
  cpu: nullable(number('Total CPU percentage across all servers.')),
  serverLimit: nullable(number('Maximum number of servers.')),
  databases: nullable(number('Number of databases per server.')),
  backups: nullable(number('Number of backups per server.')),
  portCount: nullable(number('Ports available per server.')),
  tunnelPortCount: nullable(number('Tunnel ports available.')),
  nodeLimit: nullable(number('Maximum number of nodes.')),
  emailsPerDay: nullable(number('E-mails a day.')),
  features: Type.Object({}, { additionalProperties: true, description: 'Additional plan-specific feature flags.' }),
  hiddenFromBilling: Type.Boolean({ description: 'Left out of the list.' }),
})

export const order = Type.Object({
  id: id('Order ID.'),
  status: Type.Enum(['pending', 'active', 'cancelled', 'expired'], { description: 'Order status.' }),
  amount: number("Order total, in the order's currency: 15 is 15.00."),
  currency: text('ISO 4217 code of the amount.'),
  description: text('Human-readable description derived from order items.'),
  planId: nullable(id('Associated plan ID, if applicable.')),
  userId: id('Who ordered.'),
  organisationId: nullable(id('For which organisation, if for one.')),
  items: Type.Array(
    Type.Object({
      description: text('What it is.'),
      quantity: number('How many.'),
      price: number('Price of one.'),
      amount: number('Price of all.'),
    }),
    { description: 'What the order is made of.' },
  ),
  notes: nullable(text('Internal notes; null unless you are an administrator.')),
  date: time('Creation timestamp.'),
  expiresAt: nullable(time('When it ends by itself.')),
})

export const currentPlan = Type.Object({
  plan: nullable(plan),
  order: nullable(order),
  expiresAt: nullable(time('When the plan ends by itself.')),
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

export const placeOrder = Type.Object({
  planId: id('Plan ID to order.'),
  organisationId: Type.Optional(id('For an organisation of which you are owner or admin.')),
})

export const applyPlan = Type.Object({
  planId: id('Plan ID to apply.'),
  orderId: Type.Optional(id('A pending order of that user for that plan, to approve it.')),
  organisationId: Type.Optional(id('For an organisation of which the user is owner or admin.')),
  notes: Type.Optional(text('Internal notes about why the plan was applied manually.')),
  expiresAt: Type.Optional(time('When the plan ends by itself.')),
})

export const cancelPlan = Type.Object({
  organisationId: Type.Optional(id("An organisation's plan instead of the user's own.")),
  notes: Type.Optional(text('Internal notes.')),
})

export const ordered = Type.Object({ success: Type.Boolean({ description: 'Always true.' }), order })
export const cancelled = Type.Object({ success: Type.Boolean({ description: 'Always true.' }) })
