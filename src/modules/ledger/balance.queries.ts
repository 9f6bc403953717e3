import type { Transaction } from '../../platform/postgres/client.js'
import type { CreditGrant } from '../../platform/postgres/generated/client.js'
import { type Customer, customerKey } from '../identity/index.js'

/** The balance of a customer in one currency, minor units. */
export interface BalanceAmounts {
  /** The whole balance. */
  readonly amount: bigint
  /** The part held for a pending order, a payment that the provider is collecting, or a refund. */
  readonly held: bigint
  /** The part that administrators have granted. */
  readonly granted: bigint
  /** The part that is neither held nor granted. */
  readonly free: bigint
}

const NO_BALANCE: BalanceAmounts = { amount: 0n, held: 0n, granted: 0n, free: 0n }

/** Reads the balance. It remains valid under the customer's lock. */
export async function readBalance(tx: Transaction, customer: Customer, currency: string): Promise<BalanceAmounts> {
  const account = await tx.ledgerAccount.findFirst({ where: { ...customerKey(customer), currency } })
  if (!account) return NO_BALANCE
  const { held, granted } = account
  const amount = -account.balance
  return { amount, held, granted, free: amount - held - granted }
}

/** Granted credit that can be spent now: the soonest expiry first. */
export function listSpendableGrants(tx: Transaction, customer: Customer, currency: string, at: Date): Promise<CreditGrant[]> {
  return tx.creditGrant.findMany({
    where: { ...customerKey(customer), currency, remaining: { gt: 0n }, OR: [{ expiresAt: null }, { expiresAt: { gt: at } }] },
    orderBy: [{ expiresAt: { sort: 'asc', nulls: 'last' } }, { id: 'asc' }],
  })
}

/** What can be spent now: free balance and granted credit that has not expired. */
export async function readSpendableBalance(tx: Transaction, customer: Customer, currency: string, at: Date): Promise<bigint> {
  const { free, granted } = await readBalance(tx, customer, currency)
  if (granted === 0n) return free
  const grants = await listSpendableGrants(tx, customer, currency, at)
  return grants.reduce((sum, { remaining }) => sum + remaining, free)
}
