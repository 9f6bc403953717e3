import { createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { type Customer, createCustomerListLoader, type RequestContext } from '../identity/index.js'
import type { Services } from '../services.js'
import { type BalanceAmounts, readBalance, readSpendableBalance } from './balance.queries.js'
import type { Balance } from './balance.type.js'

/** A balance with the customer that has it. */
export interface BalanceRecord extends Balance {
  readonly customer: Customer
}

type BalanceRow = Omit<BalanceAmounts, 'free'> & { customerId: string; currency: string; available: bigint }

/** Loads the balances of customers, one per currency, in the order of the currencies. */
const balancesLoader = ({ rawQuery, clock }: Pick<Services, 'rawQuery' | 'clock'>) =>
  createCustomerListLoader(({ column, ids }, _args: null) => {
    const owner = Prisma.raw(column)
    return rawQuery<BalanceRow>(Prisma.sql`
      SELECT account.${owner} AS "customerId", account.currency, - account.balance AS amount, account.held, account.granted,
        - account.balance - account.held - (
          SELECT coalesce(sum(expired.remaining), 0)::bigint FROM credit_grants AS expired
          WHERE expired.${owner} = account.${owner} AND expired.currency = account.currency
            AND expired.remaining > 0 AND expired.expires_at <= ${clock.now()}) AS available
      FROM ledger_accounts AS account WHERE account.${owner} = ANY(${[...ids]}::text[]) ORDER BY account.currency`)
  })

export async function loadBalances(context: RequestContext, customer: Customer): Promise<BalanceRecord[]> {
  const rows: BalanceRow[] = await context.loader(balancesLoader).load({ customer, args: null })
  return rows.map((row) => toBalance(customer, row.currency, row))
}

/** Reads the balance in one currency as it is now. */
export async function readCurrentBalance(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  customer: Customer,
  currency: string,
): Promise<BalanceRecord> {
  const available = await readSpendableBalance(db, customer, currency, clock.now())
  return toBalance(customer, currency, { ...(await readBalance(db, customer, currency)), available })
}

function toBalance(
  { userId, organisationId }: Customer,
  currency: string,
  { amount, held, granted, available }: Omit<BalanceAmounts, 'free'> & { available: bigint },
): BalanceRecord {
  const money = (minorUnits: bigint) => ({ minorUnits, currency })
  return {
    customer: { userId, organisationId },
    currency,
    amount: money(amount),
    available: money(available),
    held: money(held),
    granted: money(granted),
  }
}

export const creditGrantLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.creditGrant.findMany({ where: { id: { in: ids } } }),
    (grant) => grant.id,
  )
