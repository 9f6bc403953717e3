import 'reflect-metadata'

export { AuditResolver } from './audit.resolver.js'
export { type Actor, actorName, PROVIDER, recordAuditEntry, TERMINAL } from './record-audit-entry.js'
