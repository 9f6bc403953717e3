import { DomainError } from '../../core/errors.js'
import type { Database } from '../../platform/postgres/client.js'
import { findNextPlan } from '../catalog/index.js'
import type { LimitedResource } from '../limited-resources.enums.js'
import type { Services } from '../services.js'
import { PLAN_LIMIT_EXCEEDED } from './entitlement.errors.js'
import { limitReachedMessage } from './entitlement.rules.js'
import type { EffectivePlan } from './entitlements.statements.js'

interface LimitRefusal {
  plan: EffectivePlan | null
  resource: LimitedResource
  limit: number
  /** Usage without the refused request: when a server is resized, the usage of the other servers. */
  used: number
  requested: number
}

/** Creates PLAN_LIMIT_EXCEEDED with the page that sells the next higher plan, or null if there is none. */
export async function limitExceededError(
  { db, config }: Pick<Services, 'config' | 'db'>,
  { plan, resource, limit, used, requested }: LimitRefusal,
): Promise<DomainError> {
  const upgradeUrl = await findUpgradeUrl(db, config, plan)
  return new DomainError(PLAN_LIMIT_EXCEEDED, limitReachedMessage({ resource, limit, requested, plan: plan?.name ?? null }), {
    resource,
    limit,
    used,
    requested,
    upgradeUrl,
  })
}

async function findUpgradeUrl(db: Database, config: Services['config'], plan: EffectivePlan | null): Promise<string | null> {
  const explorerUrl = config.production ? undefined : `${config.publicUrl}/graphql?upgrade={plan}`
  const template = config.upgradeUrl ?? explorerUrl
  const next = template === undefined ? null : await findNextPlan(db, plan)
  return template && next ? template.replaceAll('{plan}', encodeURIComponent(next.slug)) : null
}
