import { audit } from './audit/index.js'
import { catalog } from './catalog/index.js'
import type { Module } from './define-module.js'
import { entitlements } from './entitlements/index.js'
import { exchangeRates } from './exchange-rates/index.js'
import { identity } from './identity/index.js'
import { invoicing } from './invoicing/index.js'
import { ledger } from './ledger/index.js'
import { legalNotes } from './legal-notes/index.js'
import { live } from './live/index.js'
import { mail } from './mail/index.js'
import { orders } from './orders/index.js'
import { pageSessions } from './page-sessions/index.js'
import { paymentMethods } from './payment-methods/index.js'
import { payments } from './payments/index.js'
import { reports } from './reports/index.js'
import { settings } from './settings/index.js'
import { subscriptions } from './subscriptions/index.js'
import { sync } from './sync/index.js'
import { vatChecks } from './vat-checks/index.js'
import { webhooks } from './webhooks/index.js'

/** Every module that adds something to the server. docs/errors.md lists their errors in this order. */
export const MODULES: readonly Module[] = [
  identity,
  catalog,
  orders,
  ledger,
  paymentMethods,
  exchangeRates,
  vatChecks,
  legalNotes,
  invoicing,
  subscriptions,
  entitlements,
  settings,
  payments,
  reports,
  sync,
  webhooks,
  mail,
  pageSessions,
  audit,
  live,
]
