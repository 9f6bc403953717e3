export { BillingFlag } from './runtime-settings.js'
export { SettingsResolver, WORKS_WHILE_BILLING_IS_OFF } from './settings.resolver.js'
