import type { Plan } from '../../platform/postgres/generated/client.js'
import {
  bigint,
  boolean,
  char,
  defineStatement,
  int,
  json,
  nullable,
  type RecordTypes,
  selectList,
  text,
  textOf,
  timestamp,
} from '../../platform/postgres/statement.js'
import { LIMIT_NAMES, type LimitName } from '../limited-resources.rules.js'

const limit = nullable(int)

export const PLAN_COLUMNS = {
  id: bigint,
  slug: text,
  name: text,
  description: nullable(text),
  type: textOf<Plan['type']>(),
  price: nullable(bigint),
  currency: char,
  interval: textOf<Plan['interval']>(),
  rank: int,
  ...(Object.fromEntries(LIMIT_NAMES.map((name) => [name, limit])) as Record<LimitName, typeof limit>),
  features: json<Plan['features']>(),
  hiddenFromBilling: boolean,
  isDefault: boolean,
  archivedAt: nullable(timestamp),
  createdAt: timestamp,
  updatedAt: timestamp,
  providerVariantId: nullable(text),
} satisfies RecordTypes<Plan>

/** To be completed with a condition. */
export const SELECT_PLANS = `SELECT ${selectList(PLAN_COLUMNS, 'plans')} FROM plans`

export const FIND_PLAN = defineStatement({
  parameters: { planId: bigint },
  columns: PLAN_COLUMNS,
  sql: `${SELECT_PLANS} WHERE id = $planId`,
})

/** The slug of a plan cannot be the id of another one. */
export const FIND_PLAN_BY_SLUG_OR_ID = defineStatement({
  parameters: { planSlug: text, planId: nullable(bigint) },
  columns: PLAN_COLUMNS,
  sql: `${SELECT_PLANS} WHERE slug = $planSlug OR id = $planId`,
})
