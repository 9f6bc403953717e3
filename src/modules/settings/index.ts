import 'reflect-metadata'

export { DEMO_DATA_KEY } from './reset-demo.js'
export { RuntimeSettings } from './runtime-settings.js'
export { ALLOW_WHEN_BILLING_DISABLED, SettingsResolver } from './settings.resolver.js'
