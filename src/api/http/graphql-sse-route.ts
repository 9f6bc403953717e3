import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql'
import type { ExecutionResult } from 'graphql-sse'
import { createHandler } from 'graphql-sse/lib/use/fastify'
import type { Clock } from '../../core/clock.js'
import { HOUR_MS } from '../../core/duration.js'
import { BAD_REQUEST, BAD_USER_INPUT, busyError, DomainError, invalidInputError, UNAUTHENTICATED } from '../../core/errors.js'
import { principalName, RequestContext } from '../../modules/identity/index.js'
import type { Services } from '../../modules/services.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { formatError, logInternalErrors } from '../graphql/format-error.js'
import type { PersistedOperations } from '../graphql/persisted-operations.js'
import type { Authenticate, Authenticated } from './authenticate.js'
import { chargeParsing } from './charge-parsing.js'
import { acceptsEventStream, EVENT_STREAM, graphqlResponseType } from './negotiate.js'
import { operationParameters, resolveOperationText } from './operation-text.js'
import { InvalidOperationError, parseParameters, parseSubscription, type SubscriptionParameters } from './parse-subscription.js'

const MAX_STREAM_MS = HOUR_MS
const MAX_STREAMS = 10_000
const MAX_STREAMS_PER_PRINCIPAL = 20
/** After this number of consecutive messages that the client has not read, its connection counts as lost. */
const MAX_UNREAD_MESSAGES = 100

interface StreamRouteOptions {
  schema: GraphQLSchema
  services: Services
  authenticate: Authenticate
  tokenClock: Clock
  rateLimiter: RateLimiter
  persistedOperations: PersistedOperations
}

interface Stream {
  context: RequestContext
  reply: FastifyReply
  name: string
  unread: number
  subscription: (SubscriptionParameters & { document: DocumentNode }) | undefined
}

/**
 * /graphql/stream: GraphQL subscriptions as server-sent events, one per request. A stream ends when the token
 * of the principal expires, at the latest after an hour; clients of graphql-sse reconnect automatically.
 */
export function streamRoute(app: FastifyInstance, options: StreamRouteOptions): void {
  const streams = new Map<FastifyRequest, Stream>()
  const handle = createStreamHandler(options.schema, streams)
  app.addHook('preClose', async () => {
    for (const { reply } of streams.values()) reply.raw.destroy()
  })
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql/stream',
    handler: async (request, reply) => {
      const stream = registerStream(streams, request, reply, await authenticateStream(request, options), options)
      try {
        stream.subscription = await prepareSubscription(request, stream.context, options)
      } catch (error) {
        if (!(error instanceof InvalidOperationError)) throw error
        void reply.code(400).header('cache-control', 'no-store').type(graphqlResponseType(request.headers))
        return reply.send({ errors: error.errors })
      }
      reply.hijack()
      // graphql-sse compares the header as a whole.
      request.raw.headers.accept = EVENT_STREAM
      await handle(request, reply).catch((error: unknown) => {
        request.log.info({ reason: (error as Error).message }, 'a stream was interrupted')
        reply.raw.destroy()
      })
    },
  })
}

/** @throws BAD_USER_INPUT, UNAUTHENTICATED */
async function authenticateStream(request: FastifyRequest, { authenticate }: StreamRouteOptions): Promise<Authenticated> {
  if (!acceptsEventStream(request.headers)) throw invalidInputError('accept', `must include ${EVENT_STREAM}`)
  const authenticated = await authenticate(request)
  if (!authenticated) throw new DomainError(UNAUTHENTICATED, 'Sign in: send a token as "Authorization: Bearer …"')
  return authenticated
}

/** Counts the stream until its connection closes, and closes it at the end of its lifetime. @throws BUSY */
function registerStream(
  streams: Map<FastifyRequest, Stream>,
  request: FastifyRequest,
  reply: FastifyReply,
  authenticated: Authenticated,
  { services, tokenClock }: StreamRouteOptions,
): Stream {
  const name = principalName(authenticated.principal)
  assertStreamAllowed(streams, name)
  const context = new RequestContext(services, authenticated.principal, request)
  const stream: Stream = { context, reply, name, unread: 0, subscription: undefined }
  streams.set(request, stream)
  const timer = setTimeout(() => reply.raw.destroy(), streamLifetimeMs(authenticated, tokenClock))
  reply.raw.once('close', () => {
    clearTimeout(timer)
    streams.delete(request)
  })
  return stream
}

/** @throws BUSY */
function assertStreamAllowed(streams: ReadonlyMap<FastifyRequest, Stream>, name: string): void {
  const ownStreams = [...streams.values()].filter((stream) => stream.name === name).length
  if (streams.size >= MAX_STREAMS || ownStreams >= MAX_STREAMS_PER_PRINCIPAL) throw busyError('Too many streams are open; close some first')
}

async function prepareSubscription(
  request: FastifyRequest,
  context: RequestContext,
  { persistedOperations, rateLimiter, schema }: StreamRouteOptions,
) {
  const parameters = parseParameters(operationParameters(request))
  const { text } = resolveOperationText(request, persistedOperations)
  if (text === undefined) throw new DomainError(BAD_REQUEST, 'query: must be the text of a GraphQL operation')
  await chargeParsing(rateLimiter, context, text)
  return { ...parameters, document: await parseSubscription({ schema, context, rateLimiter, text, parameters }) }
}

/** graphql-sse accepts only contexts with an index signature. */
type StreamContext = RequestContext & Record<PropertyKey, unknown>

function createStreamHandler(schema: GraphQLSchema, streams: ReadonlyMap<FastifyRequest, Stream>) {
  return createHandler<StreamContext>({
    // One connection per operation: the single-connection mode of graphql-sse would tie a client to one
    // process.
    authenticate: () => null,
    // parseSubscription has validated the operation already.
    validate: () => [],
    onSubscribe: ({ raw }) => {
      const stream = streams.get(raw)
      if (!stream?.subscription) throw new Error('the stream was closed before it started')
      const { document, operationName, variables } = stream.subscription
      return { schema, document, contextValue: stream.context as StreamContext, operationName, variableValues: variables }
    },
    onNext: (_context, { raw, context: { reply } }, result) => {
      const stream = streams.get(raw)
      if (stream) stream.unread = reply.raw.writableLength > 0 ? stream.unread + 1 : 0
      if (stream && stream.unread > MAX_UNREAD_MESSAGES) reply.raw.destroy()
      const errors = (result as ExecutionResult).errors?.map(withCode)
      if (errors && stream) logInternalErrors(stream.context.log, errors)
      if (errors) return { ...(result as ExecutionResult), errors: errors.map((error) => formatError(error.toJSON(), error)) as never }
    },
  })
}

/** An error without a path and a code comes from the variables. */
function withCode(error: GraphQLError): GraphQLError {
  if (error.path || error.extensions.code !== undefined) return error
  return new GraphQLError(error.message, { originalError: error.originalError, extensions: { code: BAD_USER_INPUT.code } })
}

function streamLifetimeMs({ expiresAt }: Authenticated, clock: Clock): number {
  return Math.max(0, Math.min(MAX_STREAM_MS, expiresAt ? expiresAt.getTime() - clock.now().getTime() : MAX_STREAM_MS))
}
