import type { Database } from '../../platform/postgres/client.js'
import { convertEcliPanelRows } from './eclipanel/convert-rows.js'
import { listExistingRows } from './existing-rows.queries.js'
import { listIgnoredColumns } from './ignored-columns.js'
import type { ImportRow } from './import-row.js'
import { RowValidator } from './row-validator.js'
import type { ImportSettings, ValidatedRows } from './validated-rows.js'

/**
 * Validates every row before anything is written: on its own, against the other rows, and against the
 * database.
 */
export async function validateRows(db: Database, rows: readonly ImportRow[], settings: ImportSettings): Promise<ValidatedRows> {
  const converted = settings.preset && convertEcliPanelRows(rows, settings)
  const toValidate = converted?.rows ?? rows
  const validator = new RowValidator(settings, await listExistingRows(db, toValidate))
  for (const row of toValidate) await validator.validate(row)
  validator.rejectSecondActiveOrders()
  validator.grantOrganisationPlans()
  const { result } = validator
  return {
    ...result,
    rejected: [...(converted?.rejected ?? []), ...result.rejected],
    ignored: converted?.ignored ?? listIgnoredColumns(rows),
    notices: [...(converted?.notices ?? []), ...result.notices],
  }
}
