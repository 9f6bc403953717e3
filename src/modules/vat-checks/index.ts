import 'reflect-metadata'

export { createVatCheck } from './create-vat-check.js'
export { findVatIdCheck } from './vat-check.queries.js'
export { isConfirmation } from './vat-check.rules.js'
export { vatChecks } from './vat-checks.module.js'
