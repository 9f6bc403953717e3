import { addDays } from '../../core/duration.js'
import type { Logger } from '../../core/logger.js'
import { formatVatId, isValidVatIdOf, parseVatId, type VatId } from '../../core/vat-id.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { VatCheck as StoredCheck } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { type Customer, checksVatIds, customerKey } from '../identity/index.js'
import type { Services } from '../services.js'
import { publishEvent } from '../webhooks/index.js'
import type { VatCheckAnswer } from './vat-check.port.js'
import { type CheckedVatId, findVatIdCheck, parseStoredVatId } from './vat-check.queries.js'
import { isFresh, planNextCheck, VAT_CHECK_INTERVAL_DAYS } from './vat-check.rules.js'

type CheckServices = Pick<Services, 'clock' | 'config' | 'db' | 'vatCheck'>

/**
 * Checks the VAT id of a customer if that is due, and stores the result if the customer still has the same id. No
 * transaction is open while the service responds. Runs that overlap store one result.
 */
export async function checkVatId(services: CheckServices, log: Logger, customer: Customer): Promise<void> {
  const { db, config, vatCheck } = services
  if (!checksVatIds(config.invoices.issuer)) return
  const due = await runTransaction(db, (tx) => findDueVatId(tx, customer, services.clock.now()))
  if (!due) return
  const requester = sellerVatId(services)
  const answer = await vatCheck.check(due.parsed, requester)
  if (answer.error !== null)
    log.info({ memberState: due.parsed.prefix, reason: answer.error }, 'a VAT id could not be checked, retrying later')
  if (requester && !answer.requester) log.warn({}, 'VIES refuses the VAT id of the seller, so its answers have no consultation number')
  await runTransaction(db, (tx) => storeAnswer(tx, due.row, answer))
}

/** The VAT id that identifies the seller to the service. */
function sellerVatId({ config }: CheckServices): VatId | null {
  const { country, taxId } = config.invoices.issuer
  return country && taxId && isValidVatIdOf(country, taxId) ? (parseVatId(taxId) ?? null) : null
}

interface DueVatId {
  readonly row: CheckedVatId
  readonly parsed: VatId
}

/** @returns null if nothing is due, the id is not valid, or a recent check has confirmed it for the customer already */
async function findDueVatId(tx: Transaction, customer: Customer, at: Date): Promise<DueVatId | null> {
  const row = await tx.vatId.findUnique({ where: customerKey(customer), include: { check: true } })
  if (!row || row.nextCheckAt > at) return null
  const parsed = parseStoredVatId(row)
  if (!parsed) {
    await tx.vatId.deleteMany({ where: { id: row.id } })
    return null
  }
  if (row.status === 'PENDING' && (await reuseCheck(tx, customer, row, at))) return null
  return { row, parsed }
}

/** For a customer that returns to an earlier VAT id. */
async function reuseCheck(tx: Transaction, customer: Customer, row: CheckedVatId, at: Date): Promise<boolean> {
  const latest = await findVatIdCheck(tx, customer, row.vatId)
  if (!latest || !isFresh(latest, at)) return false
  const nextCheckAt = addDays(latest.checkedAt, VAT_CHECK_INTERVAL_DAYS)
  const data = { status: 'VALID', statusAt: at, checkId: latest.id, attempts: 0, nextCheckAt } as const
  const { count } = await tx.vatId.updateMany({ where: { id: row.id }, data })
  if (count > 0) await publishResult(tx, latest, at)
  return true
}

async function storeAnswer(tx: Transaction, row: CheckedVatId, answer: VatCheckAnswer): Promise<void> {
  // Another VAT id is another row, and another answer has moved the time of the next check.
  const unchanged = await tx.$queryRaw<object[]>`
    SELECT id FROM vat_ids WHERE id = ${row.id} AND next_check_at = ${row.nextCheckAt} FOR UPDATE`
  if (unchanged.length === 0) return
  const { result, name, address, consultationNumber, requester, error, at } = answer
  const { isStored, status, attempts, nextCheckAt } = planNextCheck(row, result, at)
  if (!isStored) {
    await tx.vatId.update({ where: { id: row.id }, data: { attempts, nextCheckAt } })
    return
  }
  const { userId, organisationId, vatId } = row
  const check = await tx.vatCheck.create({
    data: {
      userId,
      organisationId,
      vatId,
      result,
      name,
      address,
      consultationNumber,
      requesterVatId: requester && formatVatId(requester),
      error,
      checkedAt: at,
    },
  })
  const hasChanged = status !== row.status
  await tx.vatId.update({
    where: { id: row.id },
    data: { status, ...(hasChanged && { statusAt: at }), checkId: check.id, attempts, nextCheckAt },
  })
  if (hasChanged) await publishResult(tx, check, at)
}

function publishResult(tx: Transaction, check: StoredCheck, at: Date): Promise<void> {
  const { userId, organisationId, vatId, result, checkedAt } = check
  const payload = { vatId, result, checkedAt: checkedAt.toISOString() }
  return publishEvent(tx, { type: 'vat_id.checked', customer: { userId: userId ?? '', organisationId }, payload, at })
}
