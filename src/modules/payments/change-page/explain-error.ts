import { BAD_USER_INPUT, type DomainError, type ErrorDefinition, INVALID_TRANSITION } from '../../../core/errors.js'
import { IDEMPOTENCY_CONFLICT } from '../../../platform/postgres/idempotency.js'
import { PLAN_NOT_FOUND } from '../../catalog/index.js'
import { ORGANISATION_NOT_FOUND } from '../../identity/index.js'
import { CURRENCY_MISMATCH } from '../../subscriptions/index.js'
import { type CustomerPageMessages, EXPLAINED_CODES, type ExplainedCode } from '../i18n/messages.js'
import { PAYMENT_IN_PROGRESS, PAYMENT_PROVIDER_UNAVAILABLE } from '../payment.errors.js'

/** The errors that the page shows. */
const SHOWN_ERRORS: Readonly<Record<ExplainedCode, ErrorDefinition>> = {
  BAD_USER_INPUT,
  CURRENCY_MISMATCH,
  IDEMPOTENCY_CONFLICT,
  INVALID_TRANSITION,
  ORGANISATION_NOT_FOUND,
  PAYMENT_IN_PROGRESS,
  PAYMENT_PROVIDER_UNAVAILABLE,
  PLAN_NOT_FOUND,
}

/** @returns the HTTP status and the sentence for the customer; null for an error that the page does not show */
export function explainError(error: DomainError, { change }: CustomerPageMessages): { status: number; sentence: string } | null {
  const code = EXPLAINED_CODES.find((each) => SHOWN_ERRORS[each].code === error.code)
  return code ? { status: SHOWN_ERRORS[code].status, sentence: change.problems?.[code] ?? sentenceOf(error) } : null
}

function sentenceOf({ message }: DomainError): string {
  const reason = message.replace(/^[\w.]+: /, '')
  const sentence = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
}
