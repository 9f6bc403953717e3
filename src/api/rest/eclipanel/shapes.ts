import type { Static } from 'typebox'
import type { NameField } from '../request-fields.js'
import type * as schemas from './schemas.js'

const LIMITS = 'memory disk cpu serverLimit databases backups portCount tunnelPortCount nodeLimit emailsPerDay'

/** The fields of GraphQL from which the shapes of EcliPanel are made. */
export const PLAN = `id name type price { decimal } ${LIMITS} features hiddenFromBilling isDefault`
export const ORDER = `id status amount { decimal currency } description planId buyer { userId } organisation { id }
  items { description quantity unitPrice { decimal } amount { decimal } } notes date expiresAt`
export const USER = `id portalTier limits { ${LIMITS} }`

interface Decimal {
  decimal: string
}

type PlanBody = Static<typeof schemas.plan>
type OrderBody = Static<typeof schemas.order>
type UserBody = Static<typeof schemas.applied>['user']

export type PlanAnswer = Omit<PlanBody, 'id' | 'type' | 'price' | 'emailSendDailyLimit'> & {
  id: string
  type: string
  price: Decimal | null
}

export interface OrderAnswer {
  id: string
  status: string
  amount: Decimal & { currency: string }
  description: string
  planId: string | null
  buyer: { userId: string }
  organisation: { id: string } | null
  items: { description: string; quantity: number; unitPrice: Decimal; amount: Decimal }[]
  notes: string | null
  date: string
  expiresAt: string | null
}

export interface UserAnswer {
  id: string
  portalTier: string
  limits: Omit<UserBody['limits'], 'emailSendDailyLimit'>
}

export function toPlan({ id, type, price, ...plan }: PlanAnswer): PlanBody {
  return {
    ...plan,
    id: Number(id),
    type: type.toLowerCase() as PlanBody['type'],
    price: price && Number(price.decimal),
    emailSendDailyLimit: plan.emailsPerDay,
  }
}

export function toOrder({ id, status, amount, planId, buyer, organisation, items, ...order }: OrderAnswer): OrderBody {
  const organisationId = organisation && Number(organisation.id)
  return {
    ...order,
    id: Number(id),
    status: status.toLowerCase() as OrderBody['status'],
    amount: Number(amount.decimal),
    currency: amount.currency,
    planId: planId === null ? null : Number(planId),
    userId: Number(buyer.userId),
    organisationId,
    orgId: organisationId,
    createdAt: order.date,
    items: items.map(({ description, quantity, unitPrice, amount }) => ({
      description,
      quantity,
      price: Number(unitPrice.decimal),
      amount: Number(amount.decimal),
    })),
  }
}

export function toUser({ id, portalTier, limits }: UserAnswer): UserBody {
  return {
    id: Number(id),
    portalType: portalTier.toLowerCase() as UserBody['portalType'],
    limits: { ...limits, emailSendDailyLimit: limits.emailsPerDay },
  }
}

const FIELDS: Readonly<Record<string, string>> = {
  input: 'body',
  id: 'params.id',
  userId: 'params.id',
  organisationId: 'query.organisationId',
  'input.id': 'params.id',
  'input.userId': 'params.id',
  'input.idempotencyKey': 'headers.idempotency-key',
}
const ALIASES: Readonly<Record<string, string>> = { organisationId: 'orgId', emailsPerDay: 'emailSendDailyLimit' }

/** `input.planId` is `body.planId`, and `body.orgId` where the client wrote it so. */
export const nameEcliPanelField: NameField = (field, { body, query }) => {
  const [part = 'body', ...path] = (FIELDS[field] ?? field.replace(/^input\./, 'body.')).split('.')
  const name = path.join('.')
  const alias = ALIASES[name]
  const sent = part === 'query' ? query : body
  return [part, ...(alias && hasField(sent, alias) ? [alias] : path)].join('.')
}

function hasField(sent: unknown, name: string): boolean {
  return typeof sent === 'object' && sent !== null && Object.hasOwn(sent, name)
}
