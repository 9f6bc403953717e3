import { defineModule } from '../define-module.js'
import { administratorRows } from '../identity/index.js'
import { auditEntryLoader } from './audit.queries.js'
import { AuditResolver } from './audit.resolver.js'

export const audit = defineModule({
  resolvers: [AuditResolver],
  nodes: { AuditEntry: administratorRows(auditEntryLoader) },
})
