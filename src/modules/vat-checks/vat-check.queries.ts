import { type ConnectionArguments, type CountedPage, parsePageRequest } from '../../core/pagination.js'
import { formatVatId, type VatId as ParsedVatId, parseVatId } from '../../core/vat-id.js'
import type { Transaction } from '../../platform/postgres/client.js'
import { listByTime, readFilteredPage } from '../../platform/postgres/filtered-page.js'
import { Prisma, type VatCheck, type VatId } from '../../platform/postgres/generated/client.js'
import { combineFilters, valueFilter } from '../../platform/postgres/list-filters.js'
import { type Customer, checksVatIds, customerKey } from '../identity/index.js'
import type { Services } from '../services.js'
import type { VatIdStatus } from './vat-check.enums.js'

/** A VAT id of a customer with its latest check. */
export type CheckedVatId = VatId & { readonly check: VatCheck | null }

/** The same in the form of the GraphQL type. */
export type VatIdResult = VatId &
  Pick<VatCheck, 'name' | 'address' | 'consultationNumber'> &
  Partial<Pick<VatCheck, 'checkedAt'>> & {
    readonly unavailableReason: string | null
  }

export function toVatIdResult({ check, ...vatId }: CheckedVatId): VatIdResult {
  const { name = null, address = null, consultationNumber = null, error = null, checkedAt } = check ?? {}
  return { ...vatId, name, address, consultationNumber, unavailableReason: error, ...(checkedAt && { checkedAt }) }
}

/** The latest stored check of a VAT id of a customer. @param vatId  normalized, such as "DE123456789" */
export function findVatIdCheck(tx: Transaction, customer: Customer, vatId: string): Promise<VatCheck | null> {
  return tx.vatCheck.findFirst({ where: { ...customerKey(customer), vatId }, orderBy: { id: 'desc' } })
}

/** The VAT id in the billing details of a customer. @returns null if they have none of a member state */
export async function findVatId(tx: Transaction, customer: Customer): Promise<VatIdResult | null> {
  const found = await tx.vatId.findUnique({ where: customerKey(customer), include: { check: true } })
  return found && parseStoredVatId(found) ? toVatIdResult(found) : null
}

/** @returns undefined if the check digits are wrong; such a row is removed when its check is due */
export function parseStoredVatId({ vatId }: Pick<VatId, 'vatId'>): ParsedVatId | undefined {
  const parsed = parseVatId(vatId)
  return parsed && formatVatId(parsed) === vatId ? parsed : undefined
}

/**
 * A page of the VAT ids of all customers. Empty if the seller is outside the European Union.
 * @throws BAD_USER_INPUT naming an argument
 */
export function listVatIds(
  { db, rawQuery, config }: Pick<Services, 'config' | 'db' | 'rawQuery'>,
  pageArguments: ConnectionArguments,
  statuses: readonly VatIdStatus[] | null | undefined,
): Promise<CountedPage<VatIdResult>> {
  const conditions = checksVatIds(config.invoices.issuer) ? [] : [Prisma.sql`false`]
  return readFilteredPage<VatIdResult, bigint>(rawQuery, {
    list: listByTime('vat_ids', 'status_at', true),
    filter: combineFilters({ conditions }, valueFilter('status', 'status', statuses)),
    request: parsePageRequest(pageArguments),
    load: async (ids) => (await db.vatId.findMany({ where: { id: { in: ids } }, include: { check: true } })).map(toVatIdResult),
    timeOf: ({ statusAt }) => statusAt,
  })
}

/** The customers whose VAT ids are due to be checked, those that have waited longest first. */
export async function listDueCustomers(tx: Transaction, at: Date, take: number): Promise<Customer[]> {
  const rows = await tx.vatId.findMany({
    where: { nextCheckAt: { lte: at } },
    orderBy: [{ nextCheckAt: 'asc' }, { id: 'asc' }],
    take,
    select: { userId: true, organisationId: true },
  })
  return rows.map(({ userId, organisationId }) => ({ userId: userId ?? '', organisationId }))
}
