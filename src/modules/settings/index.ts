import 'reflect-metadata'

export { RuntimeSettings } from './runtime-settings.js'
export { ALLOW_WHEN_BILLING_DISABLED, SettingsResolver } from './settings.resolver.js'
