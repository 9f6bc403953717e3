import DataLoader from 'dataloader'
import type { CustomerIds } from '../../platform/postgres/keyset-page.js'
import { type Customer, customerName } from './customer.js'
import type { LoaderFactory, RequestContext } from './request-context.js'

/** A list that every customer has, such as its orders, and the arguments of the GraphQL field. */
export interface CustomerListKey<A> {
  readonly customer: Customer
  readonly args: A
}

/**
 * Batches the reads of a list of many customers. Those with the same arguments take one read for all users and one
 * for all organisations.
 * @param read  reads the rows of several customers
 */
export function createCustomerListLoader<A, R extends { customerId: string }>(
  read: (customers: CustomerIds, args: A) => Promise<R[]>,
): DataLoader<CustomerListKey<A>, R[], string> {
  const cacheKeyFn = ({ customer, args }: CustomerListKey<A>) => `${customerName(customer)} ${JSON.stringify(args)}`
  return new DataLoader(
    async (keys) => {
      const batches = new Map<string, Batch<A, R>>()
      const lists = keys.map(({ customer, args }) => {
        const column = columnOf(customer)
        const name = `${column} ${JSON.stringify(args)}`
        const batch = batches.get(name) ?? { column, args, lists: new Map<string, R[]>() }
        const list: R[] = []
        batch.lists.set(customer.organisationId ?? customer.userId, list)
        batches.set(name, batch)
        return list
      })
      await Promise.all([...batches.values()].map((batch) => fillLists(batch, read)))
      return lists
    },
    { cacheKeyFn },
  )
}

/** Loads how many rows the list of a customer has. Customers without rows are missing in the result of the loader. */
export async function loadCustomerCount<A>(
  context: RequestContext,
  counts: LoaderFactory<CustomerListKey<A>, { count: bigint }[]>,
  key: CustomerListKey<A>,
): Promise<number> {
  const [found] = await context.loader(counts).load(key)
  return Number(found?.count ?? 0)
}

interface Batch<A, R> {
  readonly column: CustomerIds['column']
  readonly args: A
  readonly lists: Map<string, R[]>
}

async function fillLists<A, R extends { customerId: string }>(
  { column, args, lists }: Batch<A, R>,
  read: (customers: CustomerIds, args: A) => Promise<R[]>,
): Promise<void> {
  for (const row of await read({ column, ids: [...lists.keys()] }, args)) lists.get(row.customerId)?.push(row)
}

function columnOf({ organisationId }: Customer): CustomerIds['column'] {
  return organisationId === null ? 'user_id' : 'organisation_id'
}
