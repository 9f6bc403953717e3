import type pg from 'pg'
import type { Config } from '../config/config.js'
import { MAX_RATE_AGE_DAYS } from '../modules/exchange-rates/index.js'
import { accountingCurrencyOf, findStandardRate } from '../modules/invoicing/index.js'
import { PAYMENT_METHODS_KEY } from '../modules/payment-methods/index.js'
import { type Finding, ok, warning } from './finding.js'

/** Checks what administrators have set and invoices need. */
export async function checkCatalog(pool: pg.Pool, config: Config): Promise<Finding[]> {
  return [await checkDefaults(pool, config), ...(await checkExchangeRates(pool, config)), ...(await checkPaymentMethods(pool, config))]
}

async function checkDefaults(pool: pg.Pool, { invoices: { issuer } }: Config): Promise<Finding> {
  const { rows } = await pool.query<{ plans: boolean; rates: boolean }>(
    'SELECT EXISTS (SELECT FROM plans WHERE is_default) AS plans, EXISTS (SELECT FROM dated_tax_rates) AS rates',
  )
  const hasStandardRate = issuer.country !== undefined && findStandardRate(issuer.country) !== undefined
  const missing = [
    ...(rows[0]?.plans ? [] : ['default plan (createPlan with isDefault: true), which customers fall back to']),
    ...(rows[0]?.rates || hasStandardRate ? [] : ['tax rates (setTaxRate), so that nothing is taxed']),
  ]
  return missing.length > 0
    ? warning('catalog', `missing: ${missing.join('; ')}`)
    : ok('catalog', rows[0]?.rates ? 'default plan and tax rates are set' : 'the default plan is set, and the standard tax rates apply')
}

/** Invoices in another currency than that of the seller's country state their tax in both, at a rate of the last days. */
async function checkExchangeRates(pool: pg.Pool, { invoices: { issuer } }: Config): Promise<Finding[]> {
  const national = accountingCurrencyOf(issuer.country, new Date())
  if (national === null) return []
  const { rows } = await pool.query<{ currency: string }>(
    `WITH known AS (SELECT currency FROM exchange_rates WHERE day >= current_date - $2::int UNION SELECT 'EUR')
     SELECT DISTINCT currency FROM plans
     WHERE archived_at IS NULL AND price > 0 AND currency <> $1 AND NOT (currency IN (TABLE known) AND $1 IN (TABLE known))
     ORDER BY currency`,
    [national, MAX_RATE_AGE_DAYS],
  )
  const lacking = rows.map(({ currency }) => currency)
  if (lacking.length === 0) return []
  const text = `plans are sold in ${lacking.join(', ')}, and an exchange rate to ${national} of the last ${MAX_RATE_AGE_DAYS} days is missing`
  return [
    warning('rates', `${text}; import one with importExchangeRates or setExchangeRates, or invoices do not state their tax in ${national}`),
  ]
}

async function checkPaymentMethods(pool: pg.Pool, { production, payments }: Config): Promise<Finding[]> {
  if (!production || payments.provider !== 'none') return []
  const { rows } = await pool.query('SELECT FROM settings WHERE key = $1 AND jsonb_array_length(value) > 0', [PAYMENT_METHODS_KEY])
  return rows.length > 0 ? [] : [warning('methods', 'open invoices do not say how to pay; set payment methods with setPaymentMethods')]
}
