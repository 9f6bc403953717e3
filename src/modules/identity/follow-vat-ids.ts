import type { Transaction } from '../../platform/postgres/client.js'

/** The customers whose billing details were written. */
interface WrittenDetails {
  readonly userIds: readonly string[]
  readonly organisationIds: readonly string[]
}

/** Makes the check of another VAT id due, after billing details were written. */
export async function followVatIds(tx: Transaction, { userIds, organisationIds }: WrittenDetails): Promise<void> {
  await tx.$executeRaw`
    SELECT follow_vat_id(billing_details) FROM billing_details
    WHERE user_id = ANY (${userIds}::text[]) OR organisation_id = ANY (${organisationIds}::text[])`
}
