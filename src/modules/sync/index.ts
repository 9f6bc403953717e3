import 'reflect-metadata'

export { loadCustomerEntitlement } from './list-entitlements.js'
export { setMemberships, upsertOrganisations, upsertUsers } from './sync.js'
export { ApiKeyResolver, DesiredStateResolver, SyncResolver } from './sync.resolver.js'
