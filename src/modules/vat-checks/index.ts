import 'reflect-metadata'

export { createVatCheck } from './create-vat-check.js'
export { findConfirmation, findVatIdCheck } from './vat-check.queries.js'
export { vatChecks } from './vat-checks.module.js'
