import 'reflect-metadata'

export { accessEndsAt, graceEndsAt } from './access.rules.js'
export { loadEntitlement, loadLiveSubscription, loadUsableSubscription } from './entitlement.loader.js'
export { bindEntitlement, findLiveSubscription, LIVE_SUBSCRIPTION } from './entitlement.queries.js'
export { entitlements } from './entitlements.module.js'
export { FIND_LIVE_SUBSCRIPTION, SUBSCRIPTION_COLUMNS } from './entitlements.statements.js'
export { changeEntitlement, refreshEntitlement } from './refresh-entitlement.js'
