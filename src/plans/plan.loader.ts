import { loadOne } from '../database/batch.js'
import type { Database } from '../database/client.js'

export const planLoader = (db: Database) =>
  loadOne(
    (ids) => db.plan.findMany({ where: { id: { in: ids } } }),
    (plan) => plan.id,
  )
