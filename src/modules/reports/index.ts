import 'reflect-metadata'

export { exportRevenue } from './export-revenue.js'
export { exportTax } from './export-tax.js'
export { bindMrrChanges, bindRecordedMrr, recordMrr } from './record-mrr.js'
export { reports } from './reports.module.js'
