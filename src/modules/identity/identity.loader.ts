import { createManyByKeyLoader, createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { Services } from '../services.js'

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
