import { z } from 'zod'

/** The fields of an error's extensions. Their descriptions are documentation. */
type ExtensionFields = Record<string, z.ZodType>

/** A kind of error, which clients recognise by its code. */
export interface ErrorDefinition<E extends ExtensionFields = ExtensionFields> {
  /** The value of `errors[].extensions.code`. */
  readonly code: string
  /** The HTTP status of the REST routes. */
  readonly status: number
  /** One or two sentences for users of the API. */
  readonly description: string
  /** The fields next to the code. */
  readonly extensions: E
  /**
   * Whether the error is the outcome of the operation. If so, a retry with the same idempotency key returns it
   * again.
   */
  readonly isOutcome: boolean
}

type NoExtensions = Record<string, never>

type ErrorOptions<E extends ExtensionFields> = Pick<ErrorDefinition<E>, 'status' | 'description'> &
  Partial<Pick<ErrorDefinition<E>, 'extensions' | 'isOutcome'>>

export function defineError(code: string, options: ErrorOptions<NoExtensions>): ErrorDefinition<NoExtensions>
export function defineError<E extends ExtensionFields>(code: string, options: ErrorOptions<E>): ErrorDefinition<E>
export function defineError(code: string, options: ErrorOptions<ExtensionFields>): ErrorDefinition {
  return { code, extensions: {}, isOutcome: true, ...options }
}

/** A request that violates a rule. The API layer formats it. */
export class DomainError<E extends ExtensionFields = ExtensionFields> extends Error {
  override readonly name = 'DomainError'
  readonly code: string
  readonly isOutcome: boolean
  /** The `extensions` next to the code; plain JSON values only. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(kind: ErrorKind<NoExtensions>, message: string, details?: undefined, cause?: unknown)
  constructor(kind: ErrorKind<E>, message: string, details: z.infer<z.ZodObject<E>>, cause?: unknown)
  constructor({ code, isOutcome }: ErrorKind<E>, message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.isOutcome = isOutcome
    this.details = details
  }

  is({ code }: ErrorDefinition): boolean {
    return this.code === code
  }
}

type ErrorKind<E extends ExtensionFields> = Pick<ErrorDefinition<E>, 'code' | 'extensions' | 'isOutcome'>

const ANY_EXTENSIONS: Record<string, z.ZodUnknown> = {}

/** Creates an error again from its stored outcome, or from the response of another layer. */
export function restoredError(code: string, message: string, details: Readonly<Record<string, unknown>>, cause?: unknown): DomainError {
  return new DomainError({ code, extensions: ANY_EXTENSIONS, isOutcome: true }, message, details, cause)
}

/** The extensions of errors after which the client should retry. */
export const RETRY_AFTER = { retryAfter: z.int().describe('seconds to wait before a retry') }

export const UNAUTHENTICATED = defineError('UNAUTHENTICATED', {
  status: 401,
  description: 'Not signed in, or the token is invalid, expired or from another issuer.',
  isOutcome: false,
})
export const FORBIDDEN = defineError('FORBIDDEN', { status: 403, description: 'Signed in, but not allowed to do this.', isOutcome: false })
export const BAD_USER_INPUT = defineError('BAD_USER_INPUT', {
  status: 400,
  description: 'An argument is invalid. The message states what is accepted.',
  extensions: {
    field: z.string().optional().describe('path of the first invalid argument, such as `input.planId`'),
    fields: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('all invalid fields of the input, at most 100: a list of `{ field, message }`'),
  },
  isOutcome: false,
})
export const BAD_REQUEST = defineError('BAD_REQUEST', {
  status: 400,
  description: 'The HTTP request is invalid: malformed JSON, no operation, or a body that is too large.',
})
export const NOT_FOUND = defineError('NOT_FOUND', {
  status: 404,
  description: 'The route does not exist. Returned by the REST routes only.',
})
export const INVALID_TRANSITION = defineError('INVALID_TRANSITION', {
  status: 409,
  description: 'The order, subscription or plan is in a state that does not allow this change.',
  extensions: {
    from: z.string().optional().describe('the current status'),
    to: z.string().optional().describe('the requested status'),
  },
})
export const BUSY = defineError('BUSY', {
  status: 503,
  description: 'The server is overloaded, or the data is in use. Retry later. GraphQL responds with HTTP 200.',
  extensions: RETRY_AFTER,
  isOutcome: false,
})
export const INTERNAL_SERVER_ERROR = defineError('INTERNAL_SERVER_ERROR', {
  status: 500,
  description: 'An error in the server. Report the request id so that the error can be found in the logs.',
  isOutcome: false,
})

/** The errors that do not belong to a module. */
export const CORE_ERRORS: readonly ErrorDefinition[] = [
  UNAUTHENTICATED,
  FORBIDDEN,
  BAD_USER_INPUT,
  BAD_REQUEST,
  NOT_FOUND,
  INVALID_TRANSITION,
  BUSY,
  INTERNAL_SERVER_ERROR,
]

/** What is wrong with one field of an input. */
export interface InputProblem {
  /** The path of the field as the client wrote it, such as `input.planId`. */
  readonly field: string
  readonly message: string
}

const MAX_LISTED_PROBLEMS = 100

/** An invalid argument. @param field  its path as the client wrote it, such as `input.planId` */
export function invalidInputError(field: string, message: string): DomainError {
  return invalidInputsError({ field, message }, [])
}

/** An input with one or more invalid fields. The message states the first problem and the number of others. */
export function invalidInputsError({ field, message }: InputProblem, others: readonly InputProblem[]): DomainError {
  const fields = [{ field, message }, ...others].slice(0, MAX_LISTED_PROBLEMS)
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  return new DomainError(BAD_USER_INPUT, `${field}: ${message}${more}`, { field, fields })
}

export const RETRY_AFTER_SECONDS = 5

/** The server is overloaded and the client should retry. @param cause  the underlying error, for the log */
export function busyError(message: string, cause?: unknown): DomainError {
  return new DomainError(BUSY, message, { retryAfter: RETRY_AFTER_SECONDS }, cause)
}

/** The server cannot start, for a reason that the operator can fix. Printed as one line, without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
