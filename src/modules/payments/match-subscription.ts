import { z } from 'zod'
import type { Config } from '../../config/config.js'
import { isPanelId } from '../../core/ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import { type Customer, customerName, findUserByEmail, isOrganisationManager } from '../identity/index.js'
import { findPaidSubscription } from '../subscriptions/index.js'
import type { SubscriptionMatch } from './apply-subscription.js'
import { verifyCheckoutSignature } from './checkout-signature.js'
import type { PaymentProvider, SubscriptionSnapshot } from './payment-provider.port.js'
import { findPlanByVariant } from './variant-id.js'

/** The custom data of our checkouts, which the provider returns with every event. */
const customDataSchema = z.object({
  user_id: z.union([z.string(), z.number()]).transform(String).refine(isPanelId),
  organisation_id: z.union([z.string(), z.number()]).transform(String).refine(isPanelId).optional(),
  proof: z.string().optional(),
})

type MatchResult = SubscriptionMatch | { missing: string }

/**
 * Finds the customer and the plan of a subscription: by the stored subscription, otherwise by the custom data of the
 * checkout, otherwise by e-mail address.
 * @returns if there is none, `missing`: the reason, for administrators
 */
export async function matchSubscription(
  tx: Transaction,
  config: Config,
  provider: PaymentProvider,
  snapshot: SubscriptionSnapshot,
  customData: unknown,
): Promise<MatchResult> {
  const plan = await findPlanByVariant(tx, provider, snapshot.variantId)
  if (!plan) return { missing: `no plan has the providerVariantId ${snapshot.variantId}` }
  const key = { provider: provider.name, providerSubscriptionId: snapshot.id }
  const existing = await tx.subscription.findUnique({ where: { provider_providerSubscriptionId: key } })
  if (existing) return { customer: { userId: existing.userId, organisationId: existing.organisationId }, plan }
  const { data: sent } = customDataSchema.safeParse(customData)
  const customer = await findCustomer(tx, snapshot, sent)
  if (!customer) return { missing: `no user for ${snapshot.email || 'this subscription'}` }
  const isSigned = sent !== undefined && verifyCheckoutSignature(config, sent, sent.proof)
  if (!isSigned && (await findPaidSubscription(tx, customer))) {
    return { missing: `${customerName(customer)} has a paid subscription already, and this one was not bought through createCheckout` }
  }
  return { customer, plan }
}

async function findCustomer(
  tx: Transaction,
  { email }: SubscriptionSnapshot,
  sent: z.output<typeof customDataSchema> | undefined,
): Promise<Customer | null> {
  const user = sent ? await tx.user.findUnique({ where: { id: sent.user_id } }) : email && (await findUserByEmail(tx, email))
  if (!user) return null
  const organisationId = sent?.organisation_id ?? null
  if (organisationId !== null && !(await isOrganisationManager(tx, user.id, organisationId))) return null
  return { userId: user.id, organisationId }
}
