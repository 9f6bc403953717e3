import { viewsCustomer } from './access-control.js'
import type { Customer } from './customer.js'
import { isAdministrator } from './principal.js'
import type { LoaderFactory, RequestContext } from './request-context.js'

type RowReader = (context: RequestContext, id: bigint) => Promise<object | null>

/** Reads rows that their customer and administrators may view. */
export function customerRows<R extends object>(rows: LoaderFactory<bigint, R | null>, customerOf: (row: R) => Customer): RowReader {
  return async (context, id) => {
    const { requiredUser } = context
    const row = await context.loader(rows).load(id)
    return row && (await viewsCustomer(context, requiredUser, customerOf(row))) ? row : null
  }
}

/** Reads rows that only administrators may view. */
export function administratorRows<R extends object>(rows: LoaderFactory<bigint, R | null>): RowReader {
  return async (context, id) => (isAdministrator(context.requiredUser) ? context.loader(rows).load(id) : null)
}
