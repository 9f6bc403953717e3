import type { Transaction } from '../../platform/postgres/client.js'
import type { Customer } from './customer.js'

// Everybody, bit by bit, by their numbers.

export async function listUsersAfter(tx: Transaction, last: number, take: number): Promise<Customer[]> {
  const rows = await tx.user.findMany({ where: { id: { gt: last } }, orderBy: { id: 'asc' }, take, select: { id: true } })
  return rows.map(({ id }) => ({ userId: id, organisationId: null }))
}

export async function listOrganisationsAfter(tx: Transaction, last: number, take: number): Promise<Customer[]> {
  const rows = await tx.organisation.findMany({ where: { id: { gt: last } }, orderBy: { id: 'asc' }, take, select: { id: true } })
  return rows.map(({ id }) => ({ userId: 0, organisationId: id }))
}
