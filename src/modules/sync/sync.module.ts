import { defineModule } from '../define-module.js'
import { ApiKeyResolver, EntitlementsResolver, SyncResolver } from './sync.resolver.js'

export const sync = defineModule({
  resolvers: [ApiKeyResolver, SyncResolver, EntitlementsResolver],
})
