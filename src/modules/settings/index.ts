import 'reflect-metadata'

export { assertBillingEnabled } from './billing-flag.js'
export { DEMO_DATA_KEY } from './reset-demo.js'
export { RuntimeSettings } from './runtime-settings.js'
export { FEATURE_DISABLED } from './settings.errors.js'
export { settings } from './settings.module.js'
export { ALLOW_WHEN_BILLING_DISABLED } from './settings.resolver.js'
