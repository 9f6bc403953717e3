import { invalidInput } from '../../core/errors.js'
import { parseOptionalId } from '../../core/input.js'
import { once } from '../../platform/postgres/idempotency.js'
import { requireOrderableBySlug } from '../catalog/index.js'
import { callerName, requireHolder, type Viewer } from '../identity/index.js'
import { quote } from '../invoicing/index.js'
import type { Services } from '../services.js'
import { proofOf } from './checkout-signature.js'
import type { CreateCheckoutInput } from './payment.type.js'
import { inTurn } from './provider-limiter.js'
import { requireProvider } from './provider-registry.js'
import { variantOf } from './variant-id.js'

/**
 * A page of the provider's on which to pay for a plan.
 * @throws PLAN_NOT_FOUND, ORGANISATION_NOT_FOUND, PAYMENT_PROVIDER_UNAVAILABLE, BAD_USER_INPUT for a plan at a custom price
 *   and for addresses that are not ours
 */
export async function createCheckout(services: Services, viewer: Viewer, input: CreateCheckoutInput): Promise<string> {
  const { db, config } = services
  const provider = requireProvider(services)
  const organisationId = parseOptionalId('input.organisationId', input.organisationId)
  const [successUrl, cancelUrl] = [
    requireOurs(services, 'input.successUrl', input.successUrl),
    requireOurs(services, 'input.cancelUrl', input.cancelUrl),
  ]
  const plan = await requireOrderableBySlug(db, viewer, input.plan, 'input.plan')
  const variantId = variantOf(provider, plan)
  if (variantId === null) throw invalidInput('input.plan', `this plan is not on sale with ${provider.name}: it has no providerVariantId`)
  const holder = await requireHolder(db, viewer.userId, organisationId)
  const request = {
    caller: callerName(viewer),
    operation: 'createCheckout',
    key: input.idempotencyKey,
    input: { planId: plan.id, organisationId, successUrl, cancelUrl },
  }
  const { buyer, total } = await quote(db, services, holder, plan)
  const buyerIs = {
    user_id: String(holder.userId),
    ...(holder.organisationId !== null && { organisation_id: String(holder.organisationId) }),
  }
  const custom = { ...buyerIs, proof: proofOf(config, buyerIs) }
  const offer = {
    variantId,
    planName: plan.name,
    interval: plan.interval,
    amount: total,
    currency: plan.currency,
    email: buyer.email,
    successUrl,
    cancelUrl,
    custom,
  }
  const { checkoutUrl } = await inTurn(() => once(services, request, async () => ({ checkoutUrl: await provider.createCheckout(offer) })))
  return checkoutUrl
}

/** An address of the panel: nobody is sent elsewhere after paying. @throws BAD_USER_INPUT */
function requireOurs({ config }: Services, field: string, url: string | URL): string {
  const { href, origin, protocol } = new URL(url)
  const ours = [config.publicUrl && new URL(config.publicUrl).origin, ...config.payments.checkoutOrigins]
  if (!/^https?:$/.test(protocol) || !ours.includes(origin)) {
    throw invalidInput(field, `must lead to an origin of CHECKOUT_ORIGINS or PUBLIC_URL, not to ${origin}`)
  }
  return href
}
