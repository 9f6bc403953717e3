import 'reflect-metadata'

export { audit } from './audit.module.js'
export { type Actor, actorName, PROVIDER, RULE, recordAuditEntry, TERMINAL } from './record-audit-entry.js'
