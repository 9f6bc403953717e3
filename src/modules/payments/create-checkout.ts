import { invalidInputError } from '../../core/errors.js'
import { parseOptionalId } from '../../core/input.js'
import { runOnce } from '../../platform/postgres/idempotency.js'
import { getOrderablePlanBySlug } from '../catalog/index.js'
import { getCustomer, principalName, type UserPrincipal } from '../identity/index.js'
import { quotePrice } from '../invoicing/index.js'
import type { Services } from '../services.js'
import { signCheckout } from './checkout-signature.js'
import type { CreateCheckoutInput } from './payment.type.js'
import { limitProviderCalls } from './provider-limiter.js'
import { getProvider } from './provider-registry.js'
import { findVariantId } from './variant-id.js'

/**
 * A page of the provider's on which to pay for a plan.
 * @throws PLAN_NOT_FOUND, ORGANISATION_NOT_FOUND, PAYMENT_PROVIDER_UNAVAILABLE, BAD_USER_INPUT for a plan at a custom price
 *   and for addresses that are not ours
 */
export async function createCheckout(services: Services, viewer: UserPrincipal, input: CreateCheckoutInput): Promise<string> {
  const { db, config } = services
  const provider = getProvider(services)
  const organisationId = parseOptionalId('input.organisationId', input.organisationId)
  const [successUrl, cancelUrl] = [
    assertAllowedReturnUrl(services, 'input.successUrl', input.successUrl),
    assertAllowedReturnUrl(services, 'input.cancelUrl', input.cancelUrl),
  ]
  const plan = await getOrderablePlanBySlug(db, viewer, input.plan, 'input.plan')
  const variantId = findVariantId(provider, plan)
  if (variantId === null)
    throw invalidInputError('input.plan', `this plan is not on sale with ${provider.name}: it has no providerVariantId`)
  const holder = await getCustomer(db, viewer.userId, organisationId)
  const request = {
    principal: principalName(viewer),
    operation: 'createCheckout',
    key: input.idempotencyKey,
    input: { planId: plan.id, organisationId, successUrl, cancelUrl },
  }
  const { buyer, total } = await quotePrice(db, services, holder, plan)
  const buyerIs = {
    user_id: String(holder.userId),
    ...(holder.organisationId !== null && { organisation_id: String(holder.organisationId) }),
  }
  const custom = { ...buyerIs, proof: signCheckout(config, buyerIs) }
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
  const { checkoutUrl } = await limitProviderCalls(() =>
    runOnce(services, request, async () => ({ checkoutUrl: await provider.createCheckout(offer) })),
  )
  return checkoutUrl
}

/** An address of the panel: nobody is sent elsewhere after paying. @throws BAD_USER_INPUT */
function assertAllowedReturnUrl({ config }: Services, field: string, url: string | URL): string {
  const { href, origin, protocol } = new URL(url)
  const ours = [config.publicUrl && new URL(config.publicUrl).origin, ...config.payments.checkoutOrigins]
  if (!/^https?:$/.test(protocol) || !ours.includes(origin)) {
    throw invalidInputError(field, `must lead to an origin of CHECKOUT_ORIGINS or PUBLIC_URL, not to ${origin}`)
  }
  return href
}
