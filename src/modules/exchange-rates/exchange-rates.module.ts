import { defineModule } from '../define-module.js'
import { ExchangeRateResolver } from './exchange-rate.resolver.js'

export const exchangeRates = defineModule({ resolvers: [ExchangeRateResolver] })
