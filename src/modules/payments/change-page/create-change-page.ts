import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { optional, organisationId, parseInput } from '../../../core/input.js'
import { jsonCustomerId } from '../../../core/json-ids.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { getOrderablePlan } from '../../catalog/index.js'
import { getCustomer, principalName, type UserPrincipal } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { returnUrl } from '../return-url.js'
import type { CreateChangePageInput } from './change-page.type.js'
import { signChangePage } from './change-page-token.js'

const VALID_SECONDS = 3600
const NONCE_BYTES = 12
/** The return URLs are part of the page's own URL, whose length browsers and proxies limit. */
const MAX_URL_LENGTH = 2000

/**
 * Creates a page on which the customer confirms a plan change. The page shows whether the change is possible.
 * @returns the URL of the page
 * @throws PLAN_NOT_FOUND, ORGANISATION_NOT_FOUND, BAD_USER_INPUT for a plan with a custom price, and for a return URL that
 *   is too long or whose origin is not allowed
 */
export async function createChangePage(
  services: Pick<Services, 'clock' | 'config' | 'db'>,
  principal: UserPrincipal,
  input: CreateChangePageInput,
): Promise<string> {
  const { db, clock, config } = services
  const { successUrl, cancelUrl, ...parsed } = parseInput(changePageInputSchema(services), 'input', input)
  const plan = await getOrderablePlan(db, principal, { slugOrId: input.plan }, 'input.plan')
  const { organisationId } = await getCustomer(db, principal.userId, parsed.organisationId)
  const request = {
    principal: principalName(principal),
    operation: 'createChangePage',
    key: parsed.idempotencyKey,
    input: { planId: Number(plan.id), organisationId: organisationId && jsonCustomerId(organisationId), successUrl, cancelUrl },
  }
  const { url } = await runOnce(services, request, async () => {
    const token = signChangePage(config, {
      userId: principal.userId,
      role: principal.role,
      organisationId,
      planId: String(plan.id),
      successUrl,
      cancelUrl,
      expiresAt: Math.floor(clock.now().getTime() / 1000) + VALID_SECONDS,
      nonce: randomBytes(NONCE_BYTES).toString('base64url'),
    })
    return { url: `${config.publicUrl}/change-plan/${token}` }
  })
  return url
}

function changePageInputSchema(services: Pick<Services, 'config'>) {
  const url = () =>
    returnUrl(services).refine(({ length }) => length <= MAX_URL_LENGTH, `must be at most ${MAX_URL_LENGTH} characters long`)
  return z.object({ organisationId: optional(organisationId()), successUrl: url(), cancelUrl: url(), idempotencyKey })
}
