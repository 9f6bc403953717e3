import { z } from 'zod'
import type { Transaction } from '../../platform/postgres/client.js'

/** Key of the setting that holds the payment methods. */
export const PAYMENT_METHODS_KEY = 'payment.methods'

/** A way to pay the seller without a payment provider. */
export interface PaymentMethod {
  readonly slug: string
  readonly name: string
  /** Plain text with the placeholders `{invoice}` and `{amount}`. */
  readonly instructions: string | null
  /** Normalized: upper case, without spaces. */
  readonly iban: string | null
  readonly bic: string | null
}

export const slugSchema = z
  .string()
  .max(60, 'must be at most 60 characters long')
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and hyphens, such as "bank-transfer"')

const storedMethods: z.ZodType<PaymentMethod[]> = z.array(
  z.object({
    slug: z.string(),
    name: z.string(),
    instructions: z.string().nullable(),
    iban: z.string().nullable(),
    bic: z.string().nullable(),
  }),
)

/** The payment methods in the order that administrators have chosen; none until they are set. */
export async function listPaymentMethods(tx: Transaction): Promise<readonly PaymentMethod[]> {
  const setting = await tx.setting.findUnique({ where: { key: PAYMENT_METHODS_KEY } })
  return setting ? storedMethods.parse(setting.value) : []
}
