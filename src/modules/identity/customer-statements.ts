import {
  type BoundStatement,
  bind,
  defineStatement,
  type NoTypes,
  type Statement,
  type Types,
  text,
  type ValuesOf,
} from '../../platform/postgres/statement.js'
import type { Customer } from './customer.js'

/** A statement for users and one for organisations. A condition for both could use no index. */
export interface CustomerStatement<P extends Types = Types, C extends Types = Types> {
  readonly forUser: Statement<P, C>
  readonly forOrganisation: Statement<P, C>
}

const CUSTOMER = { customerId: text }

type CustomerDefinition<P extends Types, C extends Types> = Pick<Partial<Statement<P, C>>, 'parameters' | 'columns'> & {
  sql?: (customer: CustomerSql) => string
  with?: (customer: CustomerSql) => Readonly<Record<string, string>>
}

interface CustomerSql {
  /** The condition for the rows of the customer in a table. */
  isOf(table: string): string
  /** The only column with the customer in tables that have one row for each. */
  readonly column: 'user_id' | 'organisation_id'
}

/** Defines a statement about the rows of a customer. */
export function defineCustomerStatement<const P extends Types = NoTypes, const C extends Types = NoTypes>({
  sql,
  with: parts,
  columns = {} as C,
  parameters = {} as P,
}: CustomerDefinition<P, C>): CustomerStatement<P & typeof CUSTOMER, C> {
  const define = (customer: CustomerSql) =>
    defineStatement({ parameters: { ...parameters, ...CUSTOMER }, columns, sql: sql?.(customer), with: parts?.(customer) ?? {} })
  return {
    forUser: define({ column: 'user_id', isOf: (table) => `${table}.user_id = $customerId AND ${table}.organisation_id IS NULL` }),
    forOrganisation: define({ column: 'organisation_id', isOf: (table) => `${table}.organisation_id = $customerId` }),
  }
}

export function bindForCustomer<P extends Types, C extends Types>(
  { forUser, forOrganisation }: CustomerStatement<P, C>,
  { userId, organisationId }: Customer,
  values: Omit<ValuesOf<P>, 'customerId'>,
): BoundStatement<ValuesOf<C>> {
  const all = { ...values, customerId: organisationId ?? userId } as unknown as ValuesOf<P>
  return bind(organisationId === null ? forUser : forOrganisation, all)
}
