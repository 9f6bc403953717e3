import { z } from 'zod'
import { acrossFields, country, type FindMissingGlyph, line, parseInput, parseInputAsync, printable } from '../../../core/input.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { TaxRate } from '../../../platform/postgres/generated/client.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../../audit/index.js'
import type { UserPrincipal } from '../../identity/index.js'
import type { Services } from '../../services.js'
import type { RemoveTaxRateInput, SetTaxRateInput } from './tax.type.js'

function newRateSchema(find: FindMissingGlyph) {
  return z
    .object({
      country: country(),
      customerType: z.enum(['USER', 'ORGANISATION']),
      basisPoints: z.number().int().min(0, 'must be 0 or more').max(10_000, 'must be at most 10000, which is 100%'),
      exemption: printable(find, line(200)).nullish(),
    })
    .refine(
      ({ exemption, basisPoints }) => exemption == null || basisPoints <= 0,
      acrossFields('exemption', 'is only allowed with a rate of 0; leave it out'),
    )
}

export async function listTaxRatesFor(tx: Transaction, countries: readonly (string | null | undefined)[]): Promise<TaxRate[]> {
  const known = countries.filter((code) => code != null)
  return known.length > 0 ? tx.taxRate.findMany({ where: { country: { in: known } } }) : []
}

/** Not paged: there are at most two rates per country. */
export function listTaxRates({ db }: Pick<Services, 'db'>): Promise<TaxRate[]> {
  // Users before organisations.
  return db.taxRate.findMany({ orderBy: [{ country: 'asc' }, { customerType: 'desc' }] })
}

/** Sets the rate for documents that are issued from now on. @throws BAD_USER_INPUT */
export async function setTaxRate(
  { db, clock, findMissingGlyph }: Pick<Services, 'clock' | 'db' | 'findMissingGlyph'>,
  principal: UserPrincipal,
  input: SetTaxRateInput,
): Promise<TaxRate> {
  const { country, customerType, basisPoints, exemption = null } = await parseInputAsync(newRateSchema(findMissingGlyph), 'input', input)
  const at = clock.now()
  const rate = { basisPoints, exemption, updatedAt: at }
  return runTransaction(db, async (tx) => {
    const stored = await tx.taxRate.upsert({
      where: { country_customerType: { country, customerType } },
      create: { country, customerType, ...rate },
      update: rate,
    })
    await recordAuditEntry(tx, {
      actor: principal,
      action: 'setTaxRate',
      subject: `tax:${country}:${customerType}`,
      details: { basisPoints, exemption },
      at,
    })
    return stored
  })
}

/** @returns whether the rate existed */
export async function removeTaxRate(
  { db, clock }: Pick<Services, 'clock' | 'db'>,
  principal: UserPrincipal,
  input: RemoveTaxRateInput,
): Promise<boolean> {
  const where = { country: parseInput(country(), 'input.country', input.country), customerType: input.customerType }
  return runTransaction(db, async (tx) => {
    const { count } = await tx.taxRate.deleteMany({ where })
    const subject = `tax:${where.country}:${where.customerType}`
    if (count > 0) await recordAuditEntry(tx, { actor: principal, action: 'removeTaxRate', subject, details: {}, at: clock.now() })
    return count > 0
  })
}
