import { loadMany, loadOne } from '../database/batch.js'
import type { Database } from '../database/client.js'

export const userLoader = (db: Database) =>
  loadOne(
    (ids) => db.user.findMany({ where: { id: { in: ids } } }),
    (user) => user.id,
  )

export const organisationLoader = (db: Database) =>
  loadOne(
    (ids) => db.organisation.findMany({ where: { id: { in: ids } } }),
    (organisation) => organisation.id,
  )

export const membershipLoader = (db: Database) =>
  loadMany(
    (ids) => db.membership.findMany({ where: { userId: { in: ids } }, orderBy: { organisationId: 'asc' } }),
    (membership) => membership.userId,
  )
