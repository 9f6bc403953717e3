import { invalidInputError } from '../../core/errors.js'
import { parseOptionalOrganisationId } from '../../core/ids.js'
import { jsonCustomerId } from '../../core/json-ids.js'
import { runAndStore } from '../../platform/postgres/idempotency.js'
import { getOrderablePlanBySlugOrId } from '../catalog/index.js'
import { getCustomer, principalName, type UserPrincipal } from '../identity/index.js'
import { quotePrice } from '../invoicing/index.js'
import type { Services } from '../services.js'
import { signCheckout } from './checkout-signature.js'
import type { CreateCheckoutInput } from './payment.type.js'
import { limitProviderCalls } from './provider-limiter.js'
import { findVariantId } from './variant-id.js'

/**
 * Creates a payment page at the provider.
 * @returns the URL of the page
 * @throws PLAN_NOT_FOUND, ORGANISATION_NOT_FOUND, PAYMENT_PROVIDER_UNAVAILABLE, BAD_USER_INPUT for a plan at
 *   a custom price and for a return URL whose origin is not allowed
 */
export async function createCheckout(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  input: CreateCheckoutInput,
): Promise<string> {
  const { db, config } = services
  const provider = services.providers.getActive()
  const organisationId = parseOptionalOrganisationId('input.organisationId', input.organisationId)
  const [successUrl, cancelUrl] = [
    assertAllowedReturnUrl(services, 'input.successUrl', input.successUrl),
    assertAllowedReturnUrl(services, 'input.cancelUrl', input.cancelUrl),
  ]
  const plan = await getOrderablePlanBySlugOrId(db, principal, input.plan, 'input.plan')
  const variantId = findVariantId(provider, plan)
  if (variantId === null)
    throw invalidInputError('input.plan', `the plan has no providerVariantId, so it cannot be bought from ${provider.name}`)
  const customer = await getCustomer(db, principal.userId, organisationId)
  const request = {
    principal: principalName(principal),
    operation: 'createCheckout',
    key: input.idempotencyKey,
    input: { planId: Number(plan.id), organisationId: organisationId && jsonCustomerId(organisationId), successUrl, cancelUrl },
  }
  const { buyer, total } = await quotePrice(db, services, customer, plan)
  const buyerIds = {
    user_id: customer.userId,
    ...(customer.organisationId !== null && { organisation_id: customer.organisationId }),
  }
  const custom = { ...buyerIds, proof: signCheckout(config, buyerIds) }
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
    runAndStore(services, request, async () => ({ checkoutUrl: await provider.createCheckout(offer) })),
  )
  return checkoutUrl
}

/** Prevents open redirects: customers return only to allowed origins. @throws BAD_USER_INPUT */
function assertAllowedReturnUrl({ config }: Pick<Services, 'config'>, field: string, url: string | URL): string {
  const { href, origin, protocol } = new URL(url)
  const allowed = [config.publicUrl && new URL(config.publicUrl).origin, ...config.payments.checkoutOrigins]
  if (!/^https?:$/.test(protocol) || !allowed.includes(origin)) {
    throw invalidInputError(field, `the origin ${origin} is not allowed; use PUBLIC_URL or an origin of CHECKOUT_ORIGINS`)
  }
  return href
}
