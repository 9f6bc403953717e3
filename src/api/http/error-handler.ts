import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { busyError, DomainError, type ErrorCode, invalidInputError } from '../../core/errors.js'
import { databaseUnavailableError, isDatabaseUnavailable } from '../../platform/postgres/connection-errors.js'
import { graphqlResponseType } from './negotiate.js'

const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  FEATURE_DISABLED: 503,
  BAD_USER_INPUT: 400,
  BAD_REQUEST: 400,
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  QUERY_TOO_COMPLEX: 400,
  PLAN_NOT_FOUND: 404,
  ORDER_NOT_FOUND: 404,
  INVOICE_NOT_FOUND: 404,
  SUBSCRIPTION_NOT_FOUND: 404,
  USER_NOT_FOUND: 404,
  ORGANISATION_NOT_FOUND: 404,
  PLAN_LIMIT_EXCEEDED: 403,
  INVALID_TRANSITION: 409,
  IDEMPOTENCY_CONFLICT: 409,
  REFUND_NOT_ELIGIBLE: 409,
  IDENTITY_PROVIDER_UNAVAILABLE: 503,
  PAYMENT_PROVIDER_UNAVAILABLE: 503,
  RATE_LIMITED: 429,
  BUSY: 503,
  DATABASE_UNAVAILABLE: 503,
  DOCUMENT_NOT_FOUND: 404,
  // As Apollo's own servers answer it.
  PERSISTED_QUERY_NOT_SUPPORTED: 200,
}

/** Answers of plain routes are `{"error": "…"}`, those of /graphql have the shape of GraphQL; both come from here. */
export function installErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) =>
    sendError(request, reply, error, ({ code, message, details }) => {
      if (isGraphQL(request)) return { errors: [{ message, extensions: { code, ...details } }] }
      return { error: code === 'FEATURE_DISABLED' ? 'feature_disabled' : message }
    }),
  )
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not_found' }))
}

/** For an address that cannot be decoded (`/%zz`): Fastify runs no hooks for it, so the security header is set here. */
export function sendMalformedUrl(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  reply.raw.setHeader('x-content-type-options', 'nosniff')
  void reply.code(400).header('cache-control', 'no-store').send({ error: 'The address is malformed: check its percent encoding' })
}

/** @param bodyOf  how the API that was asked says an error */
export function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  cause: unknown,
  bodyOf: (error: DomainError) => object,
): FastifyReply {
  const { status, error } = toErrorResponse(request, cause)
  const type = isGraphQL(request) ? graphqlResponseType(request.headers) : 'application/json; charset=utf-8'
  void reply.code(status).header('cache-control', 'no-store').type(type)
  if (typeof error.details.retryAfter === 'number') void reply.header('retry-after', error.details.retryAfter)
  return reply.send(bodyOf(error))
}

function isGraphQL({ url }: FastifyRequest): boolean {
  return url.startsWith('/graphql')
}

interface ErrorResponse {
  status: number
  error: DomainError
}

/** What is not ours comes from Fastify (malformed JSON, a body too large), or is a fault of ours. */
function toErrorResponse(request: FastifyRequest, error: unknown): ErrorResponse {
  if (error instanceof DomainError) {
    if (error.cause) request.log.warn({ err: error.cause }, error.message)
    return { status: STATUS[error.code] ?? 500, error }
  }
  const { validation, validationContext = 'body' } = error as Partial<FastifyError>
  if (validation?.[0]) return { status: 400, error: schemaValidationError(validation[0], validationContext) }
  const status = (error as { statusCode?: number }).statusCode ?? 500
  if (status >= 400 && status < 500) return { status, error: new DomainError('BAD_REQUEST', clientErrorMessage(status)) }
  if (status === 503) return { status, error: busyError('Too busy; try again in a moment') }
  if (isDatabaseUnavailable(error)) {
    request.log.warn({ reason: (error as Error).message }, 'the database cannot be reached')
    return toErrorResponse(request, databaseUnavailableError())
  }
  if (request.raw.socket.destroyed) request.log.info('the client went away before it had its answer')
  else request.log.error({ err: error }, 'a request failed')
  return { status: 500, error: new DomainError('INTERNAL_SERVER_ERROR', 'Something went wrong on our side') }
}

/** Names the field, "body.planId", also where it is missing. */
function schemaValidationError({ instancePath, params, message }: FastifySchemaValidationError, context: string): DomainError {
  const path = [context, ...instancePath.split('/').filter(Boolean)]
  if (typeof params.missingProperty === 'string') return invalidInputError([...path, params.missingProperty].join('.'), 'is missing')
  return invalidInputError(path.join('.'), message ?? 'is wrong')
}

function clientErrorMessage(status: number): string {
  if (status === 413) return 'The body is too large'
  if (status === 415) return 'Send the body as application/json'
  return 'The request is malformed: is the body valid JSON?'
}
