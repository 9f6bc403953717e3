import type { Transaction } from '../../platform/postgres/client.js'

/** A rate to store. */
export interface NewRate {
  /** "2026-11-26". */
  readonly day: string
  readonly currency: string
  /** Units of the currency for one euro, a decimal. */
  readonly perEuro: string
}

/**
 * Stores rates and replaces those of the same day and currency. Each day and currency may occur once.
 * @returns how many are new or differ from what was stored
 */
export function storeExchangeRates(tx: Transaction, rates: readonly NewRate[], source: string, at: Date): Promise<number> {
  const days = rates.map(({ day }) => day)
  const currencies = rates.map(({ currency }) => currency)
  const values = rates.map(({ perEuro }) => perEuro)
  // In one order, so that two imports at once do not wait for each other.
  return tx.$executeRaw`
    INSERT INTO exchange_rates AS stored (day, currency, per_euro, source, updated_at)
    SELECT day, currency, per_euro, ${source}, ${at}
    FROM unnest(${days}::date[], ${currencies}::text[], ${values}::numeric[]) AS new_rate (day, currency, per_euro)
    ORDER BY currency, day
    ON CONFLICT (currency, day)
      DO UPDATE SET per_euro = excluded.per_euro, source = excluded.source, updated_at = excluded.updated_at
      WHERE (stored.per_euro, stored.source) IS DISTINCT FROM (excluded.per_euro, excluded.source)`
}
