import 'reflect-metadata'

export { bindExchangeRate, findExchangeRate, MAX_RATE_AGE_DAYS, toConversionRate } from './exchange-rate.queries.js'
export { type ConversionRate, convert } from './exchange-rate.rules.js'
export { exchangeRates } from './exchange-rates.module.js'
export { importExchangeRates } from './import-exchange-rates.js'
