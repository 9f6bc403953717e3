import { INTERNAL_SERVER_ERROR } from '../../core/errors.js'
import { startMeasurement } from '../../core/instrumentation.js'
import type { RequestContext } from '../../modules/identity/index.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { assertCheapValidation, parsingCost } from '../graphql/operation-limits.js'
import { takeDeposit } from '../rate-limit-policy.js'

/**
 * Consumes the points for parsing and validating an operation before either happens. They count towards the
 * cost of the operation; an operation that is refused costs only these points.
 * @throws RATE_LIMITED, QUERY_TOO_COMPLEX
 */
export async function chargeParsing(rateLimiter: RateLimiter, context: RequestContext, query: unknown): Promise<void> {
  const text = typeof query === 'string' ? query : ''
  try {
    const { deposit, budget } = await takeDeposit(rateLimiter, context, parsingCost(text))
    Object.assign(context.response, { prepaid: deposit, budget })
    assertCheapValidation(text)
  } catch (error) {
    startMeasurement('operation', { operation: 'refused' })(codeOf(error), { cost: context.response.prepaid })
    throw error
  }
}

function codeOf(error: unknown): string {
  const { code, extensions } = error as { code?: unknown; extensions?: { code?: unknown } }
  return String(code ?? extensions?.code ?? INTERNAL_SERVER_ERROR.code)
}
