import { z } from 'zod'
import type { Transaction } from '../database/client.js'
import type { Plan } from '../database/generated/client.js'
import { type Holder, managesOrganisation } from '../identity/holder.js'
import type { Matched } from './apply-subscription.js'
import type { SubscriptionSnapshot } from './provider.js'

/** What we sent along with a checkout, as it comes back. */
const custom = z.object({ user_id: z.coerce.number().int().positive(), organisation_id: z.coerce.number().int().positive().nullish() })

type Found = Matched | { missing: string }

/** Finds whose a subscription is and which plan it is for. @returns what is missing, in words for an administrator */
export async function matchSubscription(
  tx: Transaction,
  provider: string,
  snapshot: SubscriptionSnapshot,
  customData: unknown,
): Promise<Found> {
  const plan = await findPlan(tx, provider, snapshot.variantId)
  if (!plan) return { missing: `no plan has the variant ${snapshot.variantId}` }
  const holder = await findHolder(tx, provider, snapshot, customData)
  if (!holder) return { missing: `no user for ${snapshot.email || 'this subscription'}` }
  return { holder, plan }
}

async function findPlan(tx: Transaction, provider: string, variantId: string): Promise<Plan | null> {
  const plan = await tx.plan.findUnique({ where: { providerVariantId: variantId } })
  if (plan || provider !== 'sandbox' || !/^\d{1,9}$/.test(variantId)) return plan
  // In the sandbox a plan is sold under its own number as long as it has no variant.
  return tx.plan.findFirst({ where: { id: Number(variantId), providerVariantId: null } })
}

async function findHolder(
  tx: Transaction,
  provider: string,
  { id, email }: SubscriptionSnapshot,
  customData: unknown,
): Promise<Holder | null> {
  const key = { provider, providerSubscriptionId: id }
  const known = await tx.subscription.findUnique({ where: { provider_providerSubscriptionId: key } })
  if (known) return { userId: known.userId, organisationId: known.organisationId }
  const { data: sent } = custom.safeParse(customData)
  const user = sent
    ? await tx.user.findUnique({ where: { id: sent.user_id } })
    : email && (await tx.user.findFirst({ where: { email: { equals: email, mode: 'insensitive' } }, orderBy: { id: 'asc' } }))
  if (!user) return null
  const organisationId = sent?.organisation_id ?? null
  if (organisationId !== null && !(await managesOrganisation(tx, user.id, organisationId))) return null
  return { userId: user.id, organisationId }
}
