import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { BAD_REQUEST, busyError, DomainError, INTERNAL_SERVER_ERROR, invalidInputError } from '../../core/errors.js'
import { FEATURE_DISABLED } from '../../modules/settings/index.js'
import { retryableError } from '../../platform/postgres/database-errors.js'
import { findErrorDefinition } from '../error-table.js'
import { graphqlResponseType } from './negotiate.js'

/** Formats errors: `{"errors": […]}` under /graphql, `{"error": "…"}` on the other routes. */
export function installErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) =>
    sendError(request, reply, error, ({ code, message, details }) => {
      if (isGraphQL(request)) return { errors: [{ message, extensions: { code, ...details } }] }
      return { error: code === FEATURE_DISABLED.code ? 'feature_disabled' : message }
    }),
  )
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not_found' }))
}

/**
 * Responds to a URL that cannot be decoded (`/%zz`). Fastify runs no hooks for it, so the security header and
 * the log line are written here.
 */
export function sendMalformedUrl(_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  request.log.info({ method: request.method, status: 400 }, 'request')
  reply.raw.setHeader('x-content-type-options', 'nosniff')
  void reply.code(400).header('cache-control', 'no-store').send({ error: 'The URL is malformed: check its percent-encoding' })
}

/** @param bodyOf  formats the error as the API of this route does */
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

/**
 * Errors other than DomainError come from Fastify (malformed JSON, a body too large) or are internal errors.
 */
export function toErrorResponse(request: FastifyRequest, error: unknown): ErrorResponse {
  if (error instanceof DomainError) {
    if (error.cause) request.log.warn({ err: error.cause }, error.message)
    return { status: findErrorDefinition(error.code)?.status ?? 500, error }
  }
  const { validation, validationContext = 'body' } = error as Partial<FastifyError>
  if (validation?.[0]) return { status: 400, error: schemaValidationError(validation[0], validationContext) }
  const status = (error as { statusCode?: number }).statusCode ?? 500
  if (status >= 400 && status < 500) return { status, error: new DomainError(BAD_REQUEST, clientErrorMessage(status)) }
  if (status === 503) return { status, error: busyError('The server is busy; try again in a moment') }
  const retryable = retryableError(error)
  if (retryable) {
    request.log.warn({ reason: (error as Error).message }, 'the database cannot run a statement now')
    return toErrorResponse(request, retryable)
  }
  if (request.raw.socket.destroyed) request.log.info('the client disconnected before the response was sent')
  else request.log.error({ err: error }, 'a request failed')
  return { status: 500, error: new DomainError(INTERNAL_SERVER_ERROR, 'Something went wrong on our side') }
}

/** Names the field, such as "body.planId", also when it is missing. */
function schemaValidationError({ instancePath, params, message }: FastifySchemaValidationError, context: string): DomainError {
  const path = [context, ...instancePath.split('/').filter(Boolean)]
  if (typeof params.missingProperty === 'string') return invalidInputError([...path, params.missingProperty].join('.'), 'is missing')
  return invalidInputError(path.join('.'), message ?? 'is not valid')
}

function clientErrorMessage(status: number): string {
  if (status === 413) return 'The body is too large'
  if (status === 415) return 'Send the body as application/json'
  return 'The request is malformed: is the body valid JSON, without a field named __proto__ or constructor.prototype?'
}
