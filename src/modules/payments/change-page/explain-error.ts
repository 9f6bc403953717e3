import { BAD_USER_INPUT, type DomainError, type ErrorDefinition, INVALID_TRANSITION } from '../../../core/errors.js'
import { IDEMPOTENCY_CONFLICT } from '../../../platform/postgres/idempotency.js'
import { PLAN_NOT_FOUND } from '../../catalog/index.js'
import { ORGANISATION_NOT_FOUND } from '../../identity/index.js'
import { CURRENCY_MISMATCH } from '../../subscriptions/index.js'
import { PAYMENT_IN_PROGRESS, PAYMENT_PROVIDER_UNAVAILABLE } from '../payment.errors.js'

/** The errors that the page shows. */
const SHOWN_ERRORS: readonly ErrorDefinition[] = [
  BAD_USER_INPUT,
  CURRENCY_MISMATCH,
  IDEMPOTENCY_CONFLICT,
  INVALID_TRANSITION,
  ORGANISATION_NOT_FOUND,
  PAYMENT_IN_PROGRESS,
  PAYMENT_PROVIDER_UNAVAILABLE,
  PLAN_NOT_FOUND,
]

/** @returns the HTTP status and the sentence for the customer; null for an error that the page does not show */
export function explainError(error: DomainError): { status: number; sentence: string } | null {
  const definition = SHOWN_ERRORS.find(({ code }) => code === error.code)
  if (!definition) return null
  const reason = error.message.replace(/^[\w.]+: /, '')
  const sentence = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`
  return { status: definition.status, sentence: /[.!?]$/.test(sentence) ? sentence : `${sentence}.` }
}
