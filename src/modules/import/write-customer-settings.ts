import type { Transaction } from '../../platform/postgres/client.js'
import { billingDetailsColumns, followVatIds } from '../identity/index.js'
import { rowsToJson } from './rows-to-json.js'
import type { UserRow } from './validated-rows.js'

/**
 * Writes billing details and limit overrides. Those that exist are left unchanged, and so are overrides that an
 * administrator has removed since an earlier import.
 */
export async function writeCustomerSettings(tx: Transaction, rows: readonly UserRow[], at: Date): Promise<void> {
  const details = rows.flatMap(({ values, billingDetails }) => {
    return billingDetails ? [{ userId: values.id, ...billingDetailsColumns(billingDetails), updatedAt: at }] : []
  })
  await tx.billingDetails.createMany({ data: details, skipDuplicates: true })
  await followVatIds(tx, { userIds: details.map(({ userId }) => userId), organisationIds: [] })
  const overrides = rows.flatMap(({ values }) => {
    return (values.limitOverrides ?? []).map(({ resource, value = null, percent = null, reason, endsAt = null }) => {
      return { user_id: values.id, resource, value, percent, reason, created_at: at, ends_at: endsAt }
    })
  })
  if (overrides.length === 0) return
  await tx.$executeRaw`
    INSERT INTO limit_overrides (user_id, resource, value, percent, reason, created_at, ends_at)
    SELECT user_id, resource, value, percent, reason, created_at, ends_at
    FROM jsonb_populate_recordset(NULL::limit_overrides, ${rowsToJson(overrides)}::jsonb) AS new
    WHERE NOT EXISTS (SELECT FROM limit_overrides AS stored
      WHERE stored.user_id = new.user_id AND stored.resource = new.resource AND stored.reason = new.reason)`
}
