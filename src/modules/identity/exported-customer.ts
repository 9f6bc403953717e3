import { encodeId } from '../../core/ids.js'
import { Prisma } from '../../platform/postgres/generated/client.js'

/** The customer of an exported order or invoice. */
export interface ExportedCustomer {
  userId: string
  organisationId: string | null
  customerName: string | null
  /** Organisations have none. */
  customerEmail: string | null
}

/** The columns of ExportedCustomer, in a statement that reads orders or invoices. */
export const CUSTOMER_COLUMNS = Prisma.sql`
  user_id AS "userId", organisation_id AS "organisationId",
  CASE WHEN organisation_id IS NULL THEN (SELECT name FROM users WHERE id = user_id)
    ELSE (SELECT name FROM organisations WHERE id = organisation_id) END AS "customerName",
  CASE WHEN organisation_id IS NULL THEN (SELECT email FROM users WHERE id = user_id) END AS "customerEmail"`

export function exportedCustomerId({ userId, organisationId }: ExportedCustomer): string {
  return organisationId === null ? encodeId('User', userId) : encodeId('Organisation', organisationId)
}
