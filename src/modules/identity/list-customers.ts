import type { Transaction } from '../../platform/postgres/client.js'
import type { Holder } from './customer.js'

// Everybody, bit by bit, by their numbers.

export async function usersAfter(tx: Transaction, last: number, take: number): Promise<Holder[]> {
  const rows = await tx.user.findMany({ where: { id: { gt: last } }, orderBy: { id: 'asc' }, take, select: { id: true } })
  return rows.map(({ id }) => ({ userId: id, organisationId: null }))
}

export async function organisationsAfter(tx: Transaction, last: number, take: number): Promise<Holder[]> {
  const rows = await tx.organisation.findMany({ where: { id: { gt: last } }, orderBy: { id: 'asc' }, take, select: { id: true } })
  return rows.map(({ id }) => ({ userId: 0, organisationId: id }))
}
