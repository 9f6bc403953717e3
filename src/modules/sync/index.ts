import 'reflect-metadata'

export { loadCustomerEntitlement } from './list-entitlements.js'
export { setMemberships, upsertOrganisations, upsertUsers } from './sync.js'
export { sync } from './sync.module.js'
