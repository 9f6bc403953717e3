import { defineStatement, json, text, timestamp } from './statement.js'

const KEY = { caller: text, operation: text, key: text }

/** Returns no row if the key has been used. A concurrent request with the same key waits for the first. */
export const CLAIM_KEY = defineStatement({
  parameters: { ...KEY, requestHash: text, at: timestamp },
  columns: { requestHash: text },
  with: {
    claimed_key: `
      INSERT INTO idempotency_records (caller, operation, key, request_hash, created_at)
      VALUES ($caller, $operation, $key, $requestHash, $at) ON CONFLICT DO NOTHING RETURNING request_hash`,
  },
  sql: 'SELECT request_hash::text AS "requestHash" FROM claimed_key',
})

export const STORE_OUTCOME = defineStatement({
  parameters: { ...KEY, outcome: json<object>() },
  with: {
    stored_outcome: `
      UPDATE idempotency_records SET outcome = $outcome WHERE caller = $caller AND operation = $operation AND key = $key`,
  },
})
