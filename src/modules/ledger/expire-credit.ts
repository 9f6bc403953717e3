import type { CreditGrant } from '../../platform/postgres/generated/client.js'
import { readBatches, runForEachRow } from '../../platform/postgres/read-batches.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { lockCustomer } from '../identity/index.js'
import type { Services } from '../services.js'
import { changeGrant } from './balance-parts.js'
import { postToLedger } from './post-to-ledger.js'

const BATCH_SIZE = 100

type ExpiryServices = Pick<Services, 'clock' | 'db'>

/**
 * Takes the remaining credit of expired grants from the balance. Credit that returns to an expired grant afterwards is
 * taken by the next run. A grant that fails does not stop the others.
 * @throws AggregateError with the failures
 */
export async function expireCredit(services: ExpiryServices): Promise<void> {
  const at = services.clock.now()
  const read = (last: CreditGrant | undefined) => listExpiredGrants(services, at, last)
  await runForEachRow(readBatches(BATCH_SIZE, read), (grant) => expireGrant(services, grant), 'credit grants could not be expired')
}

function listExpiredGrants({ db }: ExpiryServices, at: Date, last: CreditGrant | undefined): Promise<CreditGrant[]> {
  return db.creditGrant.findMany({
    where: { remaining: { gt: 0n }, expiresAt: { lte: at }, id: { gt: last?.id ?? 0n } },
    orderBy: { id: 'asc' },
    take: BATCH_SIZE,
  })
}

async function expireGrant({ db, clock }: ExpiryServices, { id, userId, organisationId }: CreditGrant): Promise<void> {
  const customer = { userId: userId ?? '', organisationId }
  await runTransaction(db, async (tx) => {
    await lockCustomer(tx, customer)
    const { remaining, currency } = await tx.creditGrant.findUniqueOrThrow({ where: { id } })
    if (remaining === 0n) return
    await changeGrant(tx, id, -remaining)
    const at = clock.now()
    await postToLedger(tx, { customer, currency, kind: 'GRANT_EXPIRY', at, balance: remaining, revenue: -remaining, grantId: id })
  })
}
