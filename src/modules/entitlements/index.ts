import 'reflect-metadata'

export { graceEndsAt, hasAccess } from './access.rules.js'
export { loadEntitlement, loadLiveSubscription, loadUsableSubscription } from './entitlement.loader.js'
export {
  LimitOverrideResolver,
  OrganisationPlanResolver,
  ReapplicationResolver,
  UsageResolver,
  UserPlanResolver,
} from './entitlement.resolver.js'
export { runReapplication } from './reapply-plan.js'
export { purgeExpiredUsage } from './record-usage.js'
export { refreshEntitlement, refreshExpiredEntitlements } from './refresh-entitlement.js'
