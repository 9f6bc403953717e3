import { defineModule } from '../define-module.js'
import { AuditResolver } from './audit.resolver.js'

export const audit = defineModule({
  resolvers: [AuditResolver],
})
