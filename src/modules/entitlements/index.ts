export { graceEnds, hasAccess } from './access.rules.js'
export { liveSubscription, loadEntitlement, usableSubscription } from './entitlement.loader.js'
export {
  LimitOverrideResolver,
  OrganisationPlanResolver,
  ReapplicationResolver,
  UsageResolver,
  UserPlanResolver,
} from './entitlement.resolver.js'
export { continueReapplication } from './reapply-plan.js'
export { forgetOldConsumptions } from './record-usage.js'
export { settleEntitlement, settleWhatTimeChanged } from './refresh-entitlement.js'
