import { apiKeyLoader } from '../api-keys/index.js'
import { defineModule } from '../define-module.js'
import { administratorRows } from '../identity/index.js'
import { ApiKeyResolver, EntitlementsResolver, SyncResolver } from './sync.resolver.js'

export const sync = defineModule({
  nodes: { ApiKey: administratorRows(apiKeyLoader) },
  resolvers: [ApiKeyResolver, SyncResolver, EntitlementsResolver],
})
