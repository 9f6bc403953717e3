import { DomainError } from '../../core/errors.js'
import type { Database } from '../../platform/postgres/client.js'
import type { LimitedResource } from '../../platform/postgres/generated/enums.js'
import { nextPlanUp } from '../catalog/index.js'
import type { Services } from '../services.js'
import { limitMessage } from './entitlement.rules.js'
import type { PlanInForce } from './with-current-entitlement.js'

interface Refusal {
  plan: PlanInForce | null
  resource: LimitedResource
  limit: number
  /** Without what was asked for: of a server that is resized, by the others. */
  used: number
  requested: number
}

/** PLAN_LIMIT_EXCEEDED, with the page on which the next plan up is sold; null above the highest. */
export async function limitExceeded({ db, config }: Services, { plan, resource, limit, used, requested }: Refusal): Promise<DomainError> {
  const upgradeUrl = await upgradeUrlFrom(db, config, plan)
  return new DomainError('PLAN_LIMIT_EXCEEDED', limitMessage({ resource, limit, requested, plan: plan?.name ?? null }), {
    resource,
    limit,
    used,
    requested,
    upgradeUrl,
  })
}

async function upgradeUrlFrom(db: Database, config: Services['config'], plan: PlanInForce | null): Promise<string | null> {
  const tryingOut = config.production ? undefined : `${config.publicUrl}/graphql?upgrade={plan}`
  const template = config.upgradeUrl ?? tryingOut
  const next = template === undefined ? null : await nextPlanUp(db, plan)
  return template && next ? template.replaceAll('{plan}', encodeURIComponent(next.slug)) : null
}
