import type { TypedRow } from '../../core/node.type.js'
import { createManyByKeyLoader, createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { BillingDetails } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'
import type { Customer } from './customer.js'
import type { RequestContext } from './request-context.js'

export const userLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: string[]) => db.user.findMany({ where: { id: { in: ids } } }),
    (user) => user.id,
  )

export const organisationLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: string[]) => db.organisation.findMany({ where: { id: { in: ids } } }),
    (organisation) => organisation.id,
  )

export const membershipLoader = ({ db }: Pick<Services, 'db'>) =>
  createManyByKeyLoader(
    (ids: string[]) => db.membership.findMany({ where: { userId: { in: ids } }, orderBy: { organisationId: 'asc' } }),
    (membership) => membership.userId,
  )

const userDetailsLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: string[]) => db.billingDetails.findMany({ where: { userId: { in: ids } } }),
    (details) => details.userId,
  )

const organisationDetailsLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: string[]) => db.billingDetails.findMany({ where: { organisationId: { in: ids } } }),
    (details) => details.organisationId,
  )

export function loadBillingDetails(context: RequestContext, { userId, organisationId }: Customer): Promise<BillingDetails | null> {
  return organisationId === null
    ? context.loader(userDetailsLoader).load(userId)
    : context.loader(organisationDetailsLoader).load(organisationId)
}

/** Loads the user or the organisation for the union `Customer`. */
export async function loadCustomer(context: RequestContext, { userId, organisationId }: Customer): Promise<TypedRow | null> {
  if (organisationId === null) {
    const user = await context.loader(userLoader).load(userId)
    return user && { ...user, __typename: 'User' }
  }
  const organisation = await context.loader(organisationLoader).load(organisationId)
  return organisation && { ...organisation, __typename: 'Organisation' }
}
