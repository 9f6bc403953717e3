import { z } from 'zod'
import { invalidInputError } from '../../../core/errors.js'
import { acrossFields, country, type FindMissingGlyph, line, optional, parseInputAsync, printable } from '../../../core/input.js'
import { toDay, toLocalDate } from '../../../core/local-date.js'
import { formatPercentage, parsePercentage, WHOLE } from '../../../core/percentage.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { TaxRate as TaxRateRecord } from '../../../platform/postgres/generated/client.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../../audit/index.js'
import type { UserPrincipal } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { CUSTOMER_TYPES } from './tax.enums.js'
import { REGION_CODE } from './tax.rules.js'
import type { RemoveTaxRateInput, SetTaxRateInput } from './tax.type.js'

/** All rates are read with every sale in their country, and listed at once. */
const MAX_RATES = 1000

const percentage = z.string().transform((text, context) => {
  const millionths = parsePercentage(text)
  if (millionths !== undefined && millionths <= WHOLE) return millionths
  context.addIssue('must be 0 to 100 with at most four digits after the point, for example 8.875')
  return z.NEVER
})
const basisPoints = z.number().int().min(0, 'must be 0 or more').max(10_000, 'must be at most 10000, which is 100%')

const region = z
  .string()
  .transform((text) => text.trim().toUpperCase())
  .refine((code) => REGION_CODE.test(code), 'must be the code of the state or province, such as "QC": ISO 3166-2 without the country')

/** What tells one tax from another. */
function taxSchema(find: FindMissingGlyph) {
  return {
    country: country(),
    region: optional(region),
    customerType: z.enum(CUSTOMER_TYPES),
    name: optional(printable(find, line(40))),
    validFrom: optional(z.string().transform((day) => new Date(day))),
  }
}

function newRateSchema(find: FindMissingGlyph) {
  return z
    .object({
      ...taxSchema(find),
      percentage: optional(percentage),
      basisPoints: optional(basisPoints),
      exemption: printable(find, line(200)).nullish(),
    })
    .refine(
      (rate) => (rate.percentage === undefined) !== (rate.basisPoints === undefined),
      acrossFields('percentage', 'is required, and not together with basisPoints'),
    )
    .transform(({ percentage: exact, basisPoints: rounded = 0, ...rate }) => ({ ...rate, millionths: exact ?? rounded * 100 }))
    .refine(
      ({ exemption, millionths }) => exemption == null || millionths === 0,
      acrossFields('exemption', 'is only allowed with a rate of 0; leave it out'),
    )
}

/** Not paged: there are at most 1,000. */
export function listTaxRates({ db }: Pick<Services, 'db'>): Promise<TaxRateRecord[]> {
  // Users before organisations, and of each tax the latest rate first.
  return db.taxRate.findMany({
    orderBy: [{ country: 'asc' }, { region: 'asc' }, { customerType: 'desc' }, { name: 'asc' }, { validFrom: 'desc' }],
  })
}

type TaxServices = Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph'>

/** Sets the rate for documents that are issued from a day on. @throws BAD_USER_INPUT */
export async function setTaxRate(services: TaxServices, principal: UserPrincipal, input: SetTaxRateInput): Promise<TaxRateRecord> {
  const { db, clock, config, findMissingGlyph } = services
  const rate = await parseInputAsync(newRateSchema(findMissingGlyph), 'input', input)
  const at = clock.now()
  const { country, customerType, region = '', millionths, exemption = null } = rate
  const validFrom = rate.validFrom ?? new Date(toLocalDate(at, config.invoices.timeZone))
  const values = { millionths, exemption, updatedAt: at }
  return runTransaction(db, async (tx) => {
    const name = await findSpelling(tx, { country, region, customerType }, rate.name ?? '')
    const key = { country, region, customerType, name, validFrom }
    const stored = await tx.taxRate.upsert({
      where: { country_region_customerType_name_validFrom: key },
      create: { ...key, ...values },
      update: values,
    })
    if ((await tx.taxRate.count()) > MAX_RATES)
      throw invalidInputError('input', `there are already ${MAX_RATES} rates; remove some that are no longer needed`)
    const details = { region, name, validFrom: toDay(validFrom), percentage: formatPercentage(millionths), exemption }
    await recordAuditEntry(tx, { actor: principal, action: 'setTaxRate', subject: subjectOf(key), details, at })
    return stored
  })
}

/** The name as it is stored already: "gst" is the same tax as "GST". */
async function findSpelling(
  tx: Transaction,
  where: Pick<TaxRateRecord, 'country' | 'region' | 'customerType'>,
  name: string,
): Promise<string> {
  if (name === '') return name
  const stored = await tx.taxRate.findFirst({ where: { ...where, name: { equals: name, mode: 'insensitive' } }, select: { name: true } })
  return stored?.name ?? name
}

/** Removes the rates of a tax: that of one first day of validity, or all. @returns whether there was one */
export async function removeTaxRate(services: TaxServices, principal: UserPrincipal, input: RemoveTaxRateInput): Promise<boolean> {
  const { db, clock, findMissingGlyph } = services
  const { region = '', name = '', ...rate } = await parseInputAsync(z.object(taxSchema(findMissingGlyph)), 'input', input)
  const where = { ...rate, region, name }
  return runTransaction(db, async (tx) => {
    const { count } = await tx.taxRate.deleteMany({ where })
    const details = { region, name, validFrom: rate.validFrom ? toDay(rate.validFrom) : null }
    if (count > 0)
      await recordAuditEntry(tx, { actor: principal, action: 'removeTaxRate', subject: subjectOf(where), details, at: clock.now() })
    return count > 0
  })
}

function subjectOf({ country, customerType }: Pick<TaxRateRecord, 'country' | 'customerType'>): string {
  return `tax:${country}:${customerType}`
}
