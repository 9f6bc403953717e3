import { z } from 'zod'
import { isBic, isIban, normalizeBankCode } from '../../core/bank-account.js'
import { type FindMissingGlyph, line, multilineText, optional, parseInputAsync, printable } from '../../core/input.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import type { UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { PAYMENT_METHODS_KEY, type PaymentMethod, slugSchema } from './payment-method.queries.js'
import type { SetPaymentMethodsInput } from './payment-method.type.js'

/** All of them are printed on every open invoice. */
const MAX_PAYMENT_METHODS = 10

const bankCode = (isValid: (code: string) => boolean, message: string) =>
  z.string().max(50, 'must be at most 50 characters long').transform(normalizeBankCode).refine(isValid, message)

function methodsSchema(find: FindMissingGlyph) {
  const method = z.object({
    slug: slugSchema,
    name: printable(find, line(100)),
    instructions: optional(printable(find, multilineText(1000))),
    iban: optional(bankCode(isIban, 'must be an IBAN with valid check digits, such as "DE89 3704 0044 0532 0130 00"')),
    bic: optional(bankCode(isBic, 'must be a BIC of 8 or 11 characters, such as "COBADEFFXXX"')),
  })
  return z.object({
    methods: z
      .array(method)
      .max(MAX_PAYMENT_METHODS, `must contain at most ${MAX_PAYMENT_METHODS} payment methods`)
      .superRefine((methods, context) => {
        const slugs = methods.map(({ slug }) => slug)
        for (const [index, slug] of slugs.entries()) {
          if (slugs.indexOf(slug) < index) context.addIssue({ code: 'custom', path: [index, 'slug'], message: 'must be unique' })
        }
      }),
  })
}

/** Replaces all payment methods. Documents that are issued already keep theirs. @throws BAD_USER_INPUT */
export async function setPaymentMethods(
  { db, clock, findMissingGlyph }: Pick<Services, 'clock' | 'db' | 'findMissingGlyph'>,
  principal: UserPrincipal,
  input: SetPaymentMethodsInput,
): Promise<readonly PaymentMethod[]> {
  const parsed = await parseInputAsync(methodsSchema(findMissingGlyph), 'input', input)
  const methods = parsed.methods.map(({ slug, name, instructions = null, iban = null, bic = null }) => ({
    slug,
    name,
    instructions,
    iban,
    bic,
  }))
  const at = clock.now()
  await runTransaction(db, async (tx) => {
    const data = { value: methods, updatedAt: at }
    await tx.setting.upsert({ where: { key: PAYMENT_METHODS_KEY }, create: { key: PAYMENT_METHODS_KEY, ...data }, update: data })
    // An account number determines where customers send their money, so the entry has everything.
    const details = { methods: JSON.stringify(methods) }
    await recordAuditEntry(tx, { actor: principal, action: 'setPaymentMethods', subject: PAYMENT_METHODS_KEY, details, at })
  })
  return methods
}
