import type { Transaction } from '../../platform/postgres/client.js'
import type { Customer } from './customer.js'

// All customers in batches, in the order of their ids.

export async function listUsersAfter(tx: Transaction, lastId: string, take: number): Promise<Customer[]> {
  const rows = await tx.user.findMany({ where: { id: { gt: lastId } }, orderBy: { id: 'asc' }, take, select: { id: true } })
  return rows.map(({ id }) => ({ userId: id, organisationId: null }))
}

export async function listOrganisationsAfter(tx: Transaction, lastId: string, take: number): Promise<Customer[]> {
  const rows = await tx.organisation.findMany({ where: { id: { gt: lastId } }, orderBy: { id: 'asc' }, take, select: { id: true } })
  return rows.map(({ id }) => ({ userId: '', organisationId: id }))
}
