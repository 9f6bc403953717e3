import { begin } from '../../core/instrumentation.js'
import type { Context } from '../../modules/identity/index.js'
import type { CallerBudgets } from '../../platform/rate-limit/rate-limiter.js'
import { costOfDocument, requireCheapValidation } from '../graphql/operation-limits.js'
import { takeDeposit } from '../rate-limit-policy.js'

/**
 * Takes the points for reading and validating a document before anybody does so. The operation, if there is one to run, costs the
 * rest; a document that is refused has cost this much.
 * @throws RATE_LIMITED, QUERY_TOO_COMPLEX
 */
export async function admitDocument(budgets: CallerBudgets, context: Context, text: unknown): Promise<void> {
  const document = typeof text === 'string' ? text : ''
  try {
    context.answer.prepaid = await takeDeposit(budgets, context, costOfDocument(document))
    requireCheapValidation(document)
  } catch (error) {
    begin('operation', { operation: 'refused document' })(codeOf(error), { cost: context.answer.prepaid })
    throw error
  }
}

function codeOf(error: unknown): string {
  const { code, extensions } = error as { code?: unknown; extensions?: { code?: unknown } }
  return String(code ?? extensions?.code ?? 'INTERNAL_SERVER_ERROR')
}
