import { z } from 'zod'
import type { Config } from '../../config/config.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import { type Customer, customerFilter, customerName, findUserByEmail, isOrganisationManager } from '../identity/index.js'
import type { SubscriptionMatch } from './apply-subscription.js'
import { verifyCheckoutSignature } from './checkout-signature.js'
import type { SubscriptionSnapshot } from './payment-provider.port.js'

/** What we sent along with a checkout, as it comes back. */
const customDataSchema = z.object({
  user_id: z
    .union([z.string(), z.number()])
    .transform(String)
    .pipe(z.string().regex(/^[1-9]\d{0,8}$/)),
  organisation_id: z
    .union([z.string(), z.number()])
    .transform(String)
    .pipe(z.string().regex(/^[1-9]\d{0,8}$/))
    .optional(),
  proof: z.string().optional(),
})

type MatchResult = SubscriptionMatch | { missing: string }

/** Finds whose a subscription is and which plan it is for. @returns what is missing, in words for an administrator */
export async function matchSubscription(
  tx: Transaction,
  config: Config,
  provider: string,
  snapshot: SubscriptionSnapshot,
  customData: unknown,
): Promise<MatchResult> {
  const plan = await findPlan(tx, provider, snapshot.variantId)
  if (!plan) return { missing: `no plan has the variant ${snapshot.variantId}` }
  const key = { provider, providerSubscriptionId: snapshot.id }
  const known = await tx.subscription.findUnique({ where: { provider_providerSubscriptionId: key } })
  if (known) return { holder: { userId: known.userId, organisationId: known.organisationId }, plan }
  const { data: sent } = customDataSchema.safeParse(customData)
  const holder = await findCustomer(tx, snapshot, sent)
  if (!holder) return { missing: `no user for ${snapshot.email || 'this subscription'}` }
  const isOurs = sent !== undefined && verifyCheckoutSignature(config, sent, sent.proof)
  const paid = { ...customerFilter(holder), status: { not: 'EXPIRED' as const }, provider: { not: null } }
  if (!isOurs && (await tx.subscription.count({ where: paid })) > 0) {
    return { missing: `${customerName(holder)} has a paid subscription, and this one was not bought from a checkout of ours` }
  }
  return { holder, plan }
}

async function findPlan(tx: Transaction, provider: string, variantId: string): Promise<Plan | null> {
  const plan = await tx.plan.findUnique({ where: { providerVariantId: variantId } })
  if (plan || provider !== 'sandbox' || !/^\d{1,9}$/.test(variantId)) return plan
  // In the sandbox a plan is sold under its own number as long as it has no variant.
  return tx.plan.findFirst({ where: { id: Number(variantId), providerVariantId: null } })
}

async function findCustomer(
  tx: Transaction,
  { email }: SubscriptionSnapshot,
  sent: z.output<typeof customDataSchema> | undefined,
): Promise<Customer | null> {
  const user = sent ? await tx.user.findUnique({ where: { id: Number(sent.user_id) } }) : email && (await findUserByEmail(tx, email))
  if (!user) return null
  const organisationId = sent?.organisation_id === undefined ? null : Number(sent.organisation_id)
  if (organisationId !== null && !(await isOrganisationManager(tx, user.id, organisationId))) return null
  return { userId: user.id, organisationId }
}
