import { startMeasurement } from '../../core/instrumentation.js'
import type { RequestContext } from '../../modules/identity/index.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { assertCheapValidation, parsingCost } from '../graphql/operation-limits.js'
import { takeDeposit } from '../rate-limit-policy.js'

/**
 * Takes the points for reading and validating a document before anybody does so. The operation, if there is one to run, costs the
 * rest; a document that is refused has cost this much.
 * @throws RATE_LIMITED, QUERY_TOO_COMPLEX
 */
export async function chargeParsing(budgets: RateLimiter, context: RequestContext, text: unknown): Promise<void> {
  const document = typeof text === 'string' ? text : ''
  try {
    context.response.prepaid = await takeDeposit(budgets, context, parsingCost(document))
    assertCheapValidation(document)
  } catch (error) {
    startMeasurement('operation', { operation: 'refused document' })(codeOf(error), { cost: context.response.prepaid })
    throw error
  }
}

function codeOf(error: unknown): string {
  const { code, extensions } = error as { code?: unknown; extensions?: { code?: unknown } }
  return String(code ?? extensions?.code ?? 'INTERNAL_SERVER_ERROR')
}
