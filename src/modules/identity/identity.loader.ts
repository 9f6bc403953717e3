import { loadMany, loadOne } from '../../platform/postgres/batch-loader.js'
import type { Services } from '../services.js'

export const userLoader = ({ db }: Services) =>
  loadOne(
    (ids) => db.user.findMany({ where: { id: { in: ids } } }),
    (user) => user.id,
  )

export const organisationLoader = ({ db }: Services) =>
  loadOne(
    (ids) => db.organisation.findMany({ where: { id: { in: ids } } }),
    (organisation) => organisation.id,
  )

export const membershipLoader = ({ db }: Services) =>
  loadMany(
    (ids) => db.membership.findMany({ where: { userId: { in: ids } }, orderBy: { organisationId: 'asc' } }),
    (membership) => membership.userId,
  )
