import { jobHandler } from '../../platform/jobs/queue.js'
import { defineModule } from '../define-module.js'
import { administratorRows } from '../identity/index.js'
import { PLAN_LIMIT_EXCEEDED } from './entitlement.errors.js'
import { REAPPLY_PLAN } from './entitlement.jobs.js'
import { limitOverrideLoader, reapplicationLoader } from './entitlement.loader.js'
import {
  LimitOverrideResolver,
  OrganisationPlanResolver,
  ReapplicationResolver,
  UsageResolver,
  UserPlanResolver,
} from './entitlement.resolver.js'
import { runReapplication } from './reapply-plan.js'
import { purgeExpiredUsage } from './record-usage.js'
import { refreshExpiredEntitlements } from './refresh-entitlement.js'

export const entitlements = defineModule({
  resolvers: [UsageResolver, LimitOverrideResolver, ReapplicationResolver, UserPlanResolver, OrganisationPlanResolver],
  nodes: { LimitOverride: administratorRows(limitOverrideLoader), PlanReapplication: administratorRows(reapplicationLoader) },
  errors: [PLAN_LIMIT_EXCEEDED],
  jobs: [jobHandler(REAPPLY_PLAN, ({ services }, { reapplicationId }) => runReapplication(services, reapplicationId))],
  cron: {
    everyMinute: { refresh: ({ services }) => refreshExpiredEntitlements(services) },
    purge: ({ services }) => purgeExpiredUsage(services),
  },
})
