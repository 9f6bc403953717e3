import { defineModule } from '../define-module.js'
import { ApiKeyResolver, DesiredStateResolver, SyncResolver } from './sync.resolver.js'

export const sync = defineModule({
  resolvers: [ApiKeyResolver, SyncResolver, DesiredStateResolver],
})
