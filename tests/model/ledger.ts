import { sum } from './amounts.js'
import type { State } from './state.js'

export const ACCOUNTS = ['receivable', 'balance', 'cash', 'revenue', 'tax'] as const
export type Account = (typeof ACCOUNTS)[number]
export type Amounts = Record<Account, bigint>

/** A row of the ledger. A positive amount is a debit; the amounts add up to 0. */
export interface Posting {
  readonly event: string
  readonly amounts: Amounts
}

export function post(state: State, event: string, amounts: Partial<Amounts>): void {
  const row = Object.fromEntries(ACCOUNTS.map((account) => [account, amounts[account] ?? 0n])) as Amounts
  if (ACCOUNTS.some((account) => row[account] !== 0n)) state.postings.push({ event, amounts: row })
}

/** Merges the rows that `work` posts into one. */
export function asOnePosting<T>(state: State, event: string, work: () => T): T {
  const before = state.postings.length
  const result = work()
  const rows = state.postings.splice(before)
  post(state, event, totals(rows))
  return result
}

export function totals(postings: readonly Posting[]): Amounts {
  const add = (account: Account) => sum(postings.map(({ amounts }) => amounts[account]))
  return Object.fromEntries(ACCOUNTS.map((account) => [account, add(account)])) as Amounts
}
