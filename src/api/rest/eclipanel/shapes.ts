import type { Static } from 'typebox'
import { LIMIT_NAMES } from '../../../modules/limited-resources.rules.js'
import type { NameField } from '../request-fields.js'
import { customerId, rowId } from './rest-ids.js'
import * as schemas from './schemas.js'

const LIMIT_SELECTION = LIMIT_NAMES.join(' ')
const PLAN_PROPERTIES = Object.keys(schemas.planSchema.properties).filter((name) => name !== 'emailSendDailyLimit')

/** The GraphQL selections from which the responses in EcliPanel's format are built. */
export const PLAN_SELECTION = PLAN_PROPERTIES.map((name) => (name === 'price' ? 'price { decimal }' : name)).join(' ')
export const ORDER_SELECTION = `id status amount { decimal currency } description planId buyer { userId } organisation { id }
  items { description quantity unitPrice { decimal } amount { decimal } } notes date expiresAt`
export const USER_SELECTION = `id portalTier limits { ${LIMIT_SELECTION} }`

interface DecimalAmount {
  decimal: string
}

type PlanBody = Static<typeof schemas.planSchema>
type OrderBody = Static<typeof schemas.orderSchema>
type UserBody = Static<typeof schemas.applyPlanResponse>['user']

export type PlanResult = Omit<PlanBody, 'id' | 'type' | 'price' | 'emailSendDailyLimit'> & {
  id: string
  type: string
  price: DecimalAmount | null
}

export interface OrderResult {
  id: string
  status: string
  amount: DecimalAmount & { currency: string }
  description: string
  planId: string | null
  buyer: { userId: string }
  organisation: { id: string } | null
  items: { description: string; quantity: number; unitPrice: DecimalAmount; amount: DecimalAmount }[]
  notes: string | null
  date: string
  expiresAt: string | null
}

export interface UserResult {
  id: string
  portalTier: string
  limits: Omit<UserBody['limits'], 'emailSendDailyLimit'>
}

export function toPlan({ id, type, price, ...plan }: PlanResult): PlanBody {
  return {
    ...plan,
    id: rowId(id),
    type: type.toLowerCase() as PlanBody['type'],
    price: price && Number(price.decimal),
    emailSendDailyLimit: plan.emailsPerDay,
  }
}

/** Names every field, because copying the remaining ones takes ten times as long. */
export function toOrder(order: OrderResult): OrderBody {
  const { amount, planId, organisation } = order
  const organisationId = organisation && customerId(organisation.id)
  return {
    id: rowId(order.id),
    status: order.status.toLowerCase() as OrderBody['status'],
    amount: Number(amount.decimal),
    currency: amount.currency,
    description: order.description,
    planId: planId === null ? null : rowId(planId),
    userId: customerId(order.buyer.userId),
    organisationId,
    orgId: organisationId,
    notes: order.notes,
    date: order.date,
    createdAt: order.date,
    expiresAt: order.expiresAt,
    items: order.items.map(({ description, quantity, unitPrice, amount }) => ({
      description,
      quantity,
      price: Number(unitPrice.decimal),
      amount: Number(amount.decimal),
    })),
  }
}

export function toUser({ id, portalTier, limits }: UserResult): UserBody {
  return {
    id: customerId(id),
    portalType: portalTier.toLowerCase() as UserBody['portalType'],
    limits: { ...limits, emailSendDailyLimit: limits.emailsPerDay },
  }
}

const ECLIPANEL_REQUEST_FIELDS: Readonly<Record<string, string>> = {
  input: 'body',
  id: 'params.id',
  userId: 'params.id',
  organisationId: 'query.organisationId',
  'input.id': 'params.id',
  'input.userId': 'params.id',
  'input.idempotencyKey': 'headers.idempotency-key',
}
const FIELD_ALIASES: Readonly<Record<string, string>> = { organisationId: 'orgId', emailsPerDay: 'emailSendDailyLimit' }

/**
 * Maps `input.planId` to `body.planId`, and `input.organisationId` to `body.orgId` if the client sent that
 * alias.
 */
export const nameEcliPanelField: NameField = (field, { body, query }) => {
  const [part = 'body', ...path] = (ECLIPANEL_REQUEST_FIELDS[field] ?? field.replace(/^input\./, 'body.')).split('.')
  const name = path.join('.')
  const alias = FIELD_ALIASES[name]
  const sent = part === 'query' ? query : body
  return [part, ...(alias && isSent(sent, alias) ? [alias] : path)].join('.')
}

function isSent(sent: unknown, name: string): boolean {
  return typeof sent === 'object' && sent !== null && Object.hasOwn(sent, name)
}
