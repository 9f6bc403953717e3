import { defineModule } from '../define-module.js'
import { SellerResolver } from './seller.resolver.js'
import { FEATURE_DISABLED } from './settings.errors.js'
import { SettingsResolver } from './settings.resolver.js'

export const settings = defineModule({
  resolvers: [SettingsResolver, SellerResolver],
  errors: [FEATURE_DISABLED],
  notifications: { onMessage: { demoReplaced: ({ services }) => services.demo?.replaced() } },
})
