import { createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { Customer, RequestContext } from '../identity/index.js'
import type { Services } from '../services.js'
import { parseStoredVatId, toVatIdResult, type VatIdResult } from './vat-check.queries.js'

const userVatIdLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: string[]) => db.vatId.findMany({ where: { userId: { in: ids } }, include: { check: true } }),
    ({ userId }) => userId,
  )

const organisationVatIdLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: string[]) => db.vatId.findMany({ where: { organisationId: { in: ids } }, include: { check: true } }),
    ({ organisationId }) => organisationId,
  )

/** Loads the VAT id in the billing details of a customer. Null if they have none of a member state. */
export async function loadVatId(context: RequestContext, { userId, organisationId }: Customer): Promise<VatIdResult | null> {
  const found =
    organisationId === null
      ? await context.loader(userVatIdLoader).load(userId)
      : await context.loader(organisationVatIdLoader).load(organisationId)
  return found && parseStoredVatId(found) ? toVatIdResult(found) : null
}
