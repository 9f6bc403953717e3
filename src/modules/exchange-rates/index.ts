import 'reflect-metadata'

export { findExchangeRate, MAX_RATE_AGE_DAYS } from './exchange-rate.queries.js'
export { convert } from './exchange-rate.rules.js'
export { exchangeRates } from './exchange-rates.module.js'
export { importExchangeRates } from './import-exchange-rates.js'
