export { AuditResolver } from './audit.resolver.js'
export { type Actor, actorName, appendAuditEntry, PROVIDER, TERMINAL } from './record-audit-entry.js'
