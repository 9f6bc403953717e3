import type { ErrorCode } from './generated/schema.js'

/** One invalid field of an input. */
export interface FieldProblem {
  /** The path of the argument, such as `input.planId`. */
  readonly field: string
  readonly message: string
}

/** Details of an error. docs/errors.md lists those of each code. */
export interface ErrorExtensions {
  readonly code: ErrorCode
  /** BAD_USER_INPUT: the path of the invalid argument, such as `input.planId`. */
  readonly field?: string
  /** BAD_USER_INPUT: every invalid argument. */
  readonly fields?: readonly FieldProblem[]
  /** Seconds to wait before a retry. */
  readonly retryAfter?: number
  /** PLAN_LIMIT_EXCEEDED: where the customer can choose a larger plan. */
  readonly upgradeUrl?: string | null
  readonly [name: string]: unknown
}

/** An entry of `errors` in a response of GraphQL. */
export interface ResponseError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions: ErrorExtensions
}

export interface ErrorDetails {
  readonly status: number
  readonly errors?: readonly ResponseError[]
  readonly data?: unknown
}

/** The request failed. The message, code and extensions are those of the first error. */
export class QuittanceError extends Error {
  override readonly name = 'QuittanceError'
  /** INVALID_RESPONSE: the response is not one of Quittance, for example a proxy's error page. */
  readonly code: ErrorCode | 'INVALID_RESPONSE'
  readonly extensions: Partial<ErrorExtensions>
  /** The status of the HTTP response. */
  readonly status: number
  /** All errors of the response. */
  readonly errors: readonly ResponseError[]
  /** The part of the data that does not depend on what failed. */
  readonly data: unknown

  constructor(message: string, { status, errors = [], data = null }: ErrorDetails) {
    super(message)
    this.extensions = errors[0]?.extensions ?? {}
    this.code = this.extensions.code ?? 'INVALID_RESPONSE'
    this.status = status
    this.errors = errors
    this.data = data
  }
}
