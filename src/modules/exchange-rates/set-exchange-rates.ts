import { z } from 'zod'
import { type FindMissingGlyph, line, parseInputAsync, printable } from '../../core/input.js'
import { isCurrency } from '../../core/money.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import type { UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { listRatesOfDay, type StoredRate } from './exchange-rate.queries.js'
import { EURO, FIRST_DAY, isPerEuro, lastAcceptedDay } from './exchange-rate.rules.js'
import type { SetExchangeRatesInput } from './exchange-rate.type.js'
import { storeExchangeRates } from './store-exchange-rates.js'

const MAX_RATES = 100

function ratesSchema(find: FindMissingGlyph, lastDay: string) {
  const rate = z.object({
    currency: z
      .string()
      .refine(isCurrency, 'must be an ISO 4217 currency code in upper case, for example "PLN"')
      .refine((currency) => currency !== EURO, 'must be another currency than EUR, whose rate is always 1; leave it out'),
    perEuro: z
      .string()
      .refine(isPerEuro, 'must be a decimal above 0 with at most 12 digits before and 10 after the point, such as "4.3048"'),
  })
  return z.object({
    day: z.iso
      .date('must be a day, for example "2026-11-26"')
      .refine((day) => day >= FIRST_DAY && day <= lastDay, `must be a day from ${FIRST_DAY} to ${lastDay}`),
    source: printable(find, line(100)),
    rates: z
      .array(rate)
      .min(1, 'must contain at least one rate')
      .max(MAX_RATES, `must contain at most ${MAX_RATES} rates`)
      .superRefine((rates, context) => {
        const currencies = rates.map(({ currency }) => currency)
        for (const [index, currency] of currencies.entries()) {
          if (currencies.indexOf(currency) < index)
            context.addIssue({ code: 'custom', path: [index, 'currency'], message: 'must be unique' })
        }
      }),
  })
}

/** Stores rates that an administrator has typed, for documents that are issued from now on. @throws BAD_USER_INPUT */
export async function setExchangeRates(
  { db, clock, findMissingGlyph }: Pick<Services, 'clock' | 'db' | 'findMissingGlyph'>,
  principal: UserPrincipal,
  input: SetExchangeRatesInput,
): Promise<StoredRate[]> {
  const at = clock.now()
  const { day, source, rates } = await parseInputAsync(ratesSchema(findMissingGlyph, lastAcceptedDay(at)), 'input', input)
  return runTransaction(db, async (tx) => {
    await storeExchangeRates(
      tx,
      rates.map((rate) => ({ day, ...rate })),
      source,
      at,
    )
    const details = { source, rates: JSON.stringify(Object.fromEntries(rates.map(({ currency, perEuro }) => [currency, perEuro]))) }
    await recordAuditEntry(tx, { actor: principal, action: 'setExchangeRates', subject: `exchange-rates:${day}`, details, at })
    return listRatesOfDay(
      tx,
      day,
      rates.map(({ currency }) => currency),
    )
  })
}
