import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import type { PaymentProvider } from './payment-provider.port.js'

/** Finds the provider's id of a plan. @returns null when the plan is not sold there */
export function findVariantId({ sellsPlansById }: PaymentProvider, { providerVariantId, id }: Plan): string | null {
  return providerVariantId ?? (sellsPlansById ? String(id) : null)
}

/** Finds the plan that has an id at the provider. */
export async function findPlanByVariant(tx: Transaction, { sellsPlansById }: PaymentProvider, variantId: string): Promise<Plan | null> {
  const plan = await tx.plan.findUnique({ where: { providerVariantId: variantId } })
  if (plan || !sellsPlansById || !/^\d{1,15}$/.test(variantId)) return plan
  return tx.plan.findFirst({ where: { id: BigInt(variantId), providerVariantId: null } })
}
