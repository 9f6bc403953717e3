import { arrayOf, bigint, char, timestamp } from '../../platform/postgres/statement.js'
import { defineCustomerStatement } from '../identity/index.js'

/** What was recorded last, by currency. */
export const LIST_RECORDED_MRR = defineCustomerStatement({
  columns: { currency: char, amount: bigint, at: timestamp, subscriptionId: bigint },
  sql: ({ isOf }) => `
    SELECT DISTINCT ON (currency) currency, amount, at, subscription_id AS "subscriptionId"
    FROM mrr_changes AS change WHERE ${isOf('change')} ORDER BY currency, id DESC`,
})

export const INSERT_MRR_CHANGES = defineCustomerStatement({
  parameters: {
    mrrCurrencies: arrayOf(char),
    mrrSubscriptions: arrayOf(bigint),
    mrrAmounts: arrayOf(bigint),
    mrrDeltas: arrayOf(bigint),
    mrrTimes: arrayOf(timestamp),
  },
  with: ({ column }) => ({
    mrr_change: `
      INSERT INTO mrr_changes (${column}, currency, subscription_id, amount, delta, at)
      SELECT $customerId, currency, subscription_id, amount, delta, at
      FROM unnest($mrrCurrencies, $mrrSubscriptions, $mrrAmounts, $mrrDeltas, $mrrTimes) WITH ORDINALITY
        AS new (currency, subscription_id, amount, delta, at, position) ORDER BY position`,
  }),
})
