import { z } from 'zod'
import { invalidInputError } from '../../../core/errors.js'
import { type FindMissingGlyph, line, optional, parseInputAsync, printable } from '../../../core/input.js'
import { jsonCustomerId } from '../../../core/json-ids.js'
import { isCurrency } from '../../../core/money.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Refund } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../../audit/index.js'
import {
  type Customer,
  customerChoiceSchema,
  customerFilter,
  customerName,
  getChosenCustomer,
  principalName,
  type UserPrincipal,
} from '../../identity/index.js'
import { changeHeld, readBalance } from '../../ledger/index.js'
import type { Services } from '../../services.js'
import { type CollectionServices, lockUpToDate } from '../../subscriptions/index.js'
import { payoutReference } from './confirm-refund.js'
import { storeRefund } from './credit-refund.js'
import { payOutPart } from './pay-out-part.js'
import type { PayOutBalanceInput } from './refund.type.js'

function payOutSchema(find: FindMissingGlyph) {
  return customerChoiceSchema.and(
    z.object({
      amount: z.bigint().min(1n, 'must be 1 or more'),
      currency: z.string().refine(isCurrency, 'must be an ISO 4217 code, for example USD'),
      reason: printable(find, line(200)),
      reference: optional(payoutReference),
      idempotencyKey,
    }),
  )
}

/**
 * Pays out free balance, never granted credit. With a reference it has been paid out already; otherwise the amount is
 * held until `confirmRefund`.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND, BAD_USER_INPUT if the amount exceeds the free balance
 */
export async function payOutBalance(
  services: CollectionServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  input: PayOutBalanceInput,
): Promise<Refund> {
  const { db, clock } = services
  const { idempotencyKey: key, ...payout } = await parseInputAsync(payOutSchema(services.findMissingGlyph), 'input', input)
  const { amount, currency, reason, reference } = payout
  const request = { principal: principalName(principal), operation: 'payOutBalance', key, input: toJson(payout) }
  const { refundId } = await runOnce(services, request, async (tx) => {
    const chosen = await getChosenCustomer(tx, payout)
    await lockUpToDate(tx, services, chosen)
    const { free } = await readBalance(tx, chosen, currency)
    if (amount > free) throw invalidInputError('input.amount', `must be at most ${free} minor units, which is the free balance`)
    const at = clock.now()
    const customer = { ...chosen, userId: await findUserOf(tx, chosen, currency) }
    const fields = { ...customer, orderId: null, type: null, currency, amount, days: 0, reason, createdAt: at }
    const refund = await storeRefund(tx, fields)
    const part = await tx.refundPart.create({
      data: { refundId: refund.id, paymentId: null, destination: 'ORIGINAL', amount, status: 'REQUESTED', held: true },
    })
    await changeHeld(tx, chosen, currency, amount)
    const details = { refundId: refund.id, amount: amount.toString(), currency, reason, reference: reference ?? null }
    await recordAuditEntry(tx, { actor: principal, action: 'payOutBalance', subject: customerName(chosen), details, at })
    if (reference !== undefined) await payOutPart(tx, services, part, reference)
    return { refundId: Number(refund.id) }
  })
  return db.refund.findUniqueOrThrow({ where: { id: BigInt(refundId) } })
}

function toJson({ userId, organisationId, amount, ...rest }: Omit<z.output<ReturnType<typeof payOutSchema>>, 'idempotencyKey'>): object {
  return {
    ...rest,
    amount: amount.toString(),
    userId: userId && jsonCustomerId(userId),
    organisationId: organisationId && jsonCustomerId(organisationId),
  }
}

/** A refund names a user, also if it is for an organisation: the one whose payment was the latest. */
async function findUserOf(tx: Transaction, customer: Customer, currency: string): Promise<string> {
  if (customer.organisationId === null) return customer.userId
  const { userId } = await tx.payment.findFirstOrThrow({
    where: { ...customerFilter(customer), currency },
    orderBy: { id: 'desc' },
    select: { userId: true },
  })
  return userId
}
