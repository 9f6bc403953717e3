import { z } from 'zod'
import { invalidInputError } from '../../../core/errors.js'
import { besideOthers, line, optional, parseInput } from '../../../core/input.js'
import { jsonCustomerId } from '../../../core/json-ids.js'
import type { CreditGrant } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../../audit/index.js'
import {
  type Customer,
  customerChoiceSchema,
  customerKey,
  customerName,
  getChosenCustomer,
  principalName,
  type UserPrincipal,
} from '../../identity/index.js'
import { assertRoomFor, changeGrant, postToLedger } from '../../ledger/index.js'
import type { Services } from '../../services.js'
import { type CollectionServices, lockUpToDate, settleCustomer } from '../../subscriptions/index.js'
import type { GrantCreditInput } from './receivables.type.js'

const NOT_IN_FUTURE = 'must be in the future'

function grantSchema(now: Date) {
  return customerChoiceSchema
    .safeExtend({
      amount: z.object({ minorUnits: z.bigint().min(1n, 'must be 1 or more'), currency: z.string() }),
      reason: line(200),
      expiresAt: optional(z.date()),
      idempotencyKey,
    })
    .refine(({ expiresAt }) => !(expiresAt instanceof Date) || expiresAt > now, besideOthers('expiresAt', NOT_IN_FUTURE))
}

/**
 * Adds credit to the balance of a user or an organisation, and settles its open invoices.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND, BAD_USER_INPUT
 */
export async function grantCredit(
  services: CollectionServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  input: GrantCreditInput,
): Promise<{ grant: CreditGrant; customer: Customer }> {
  const { idempotencyKey: key, ...request } = parseInput(grantSchema(services.clock.now()), 'input', input)
  const { amount, reason, expiresAt = null } = request
  const { minorUnits, currency } = amount
  const customer = await getChosenCustomer(services.db, request)
  const ids = {
    userId: request.userId && jsonCustomerId(request.userId),
    organisationId: request.organisationId && jsonCustomerId(request.organisationId),
  }
  const idempotency = { principal: principalName(principal), operation: 'grantCredit', key, input: { ...request, ...ids } }
  const { grantId } = await runOnce(services, idempotency, async (tx) => {
    await lockUpToDate(tx, services, customer)
    const at = services.clock.now()
    if (expiresAt && expiresAt <= at) throw invalidInputError('input.expiresAt', NOT_IN_FUTURE)
    await assertRoomFor(tx, customer, amount, 'input.amount.minorUnits')
    const terms = { currency, amount: minorUnits, reason, expiresAt, grantedBy: principalName(principal), createdAt: at }
    const { id } = await tx.creditGrant.create({ data: { ...customerKey(customer), ...terms, remaining: 0n } })
    await postToLedger(tx, { customer, currency, kind: 'GRANT', at, balance: -minorUnits, revenue: minorUnits, grantId: id })
    await changeGrant(tx, id, minorUnits)
    const details = { grantId: id, amount: minorUnits.toString(), currency, reason, expiresAt: expiresAt?.toISOString() ?? null }
    await recordAuditEntry(tx, { actor: principal, action: 'grantCredit', subject: customerName(customer), details, at })
    await settleCustomer(tx, services, customer, currency)
    return { grantId: Number(id) }
  })
  return { grant: await services.db.creditGrant.findUniqueOrThrow({ where: { id: BigInt(grantId) } }), customer }
}
