import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ExecutionArgs } from 'graphql'
import type { ExecutionResult } from 'graphql-sse'
import { createHandler } from 'graphql-sse/lib/use/fastify'
import { DomainError, invalidInputError, UNAUTHENTICATED } from '../../core/errors.js'
import { RequestContext } from '../../modules/identity/index.js'
import type { Services } from '../../modules/services.js'
import { formatErrors } from '../graphql/format-error.js'
import type { PersistedOperations } from '../graphql/persisted-operations.js'
import type { Authenticate, Authenticated } from './authenticate.js'
import { type LiveStreams, MAX_UNREAD_MESSAGES } from './live-streams.js'
import { acceptsEventStream, EVENT_STREAM, graphqlResponseType } from './negotiate.js'
import { onClose } from './on-close.js'
import { operationParameters, resolveOperationText } from './operation-text.js'
import { InvalidOperationError } from './parse-subscription.js'

interface StreamRouteOptions {
  services: Services
  authenticate: Authenticate
  streams: LiveStreams
  persistedOperations: PersistedOperations
}

interface Stream {
  context: RequestContext
  reply: FastifyReply
  unread: number
  subscription: ExecutionArgs | undefined
}

/**
 * /graphql/stream: GraphQL subscriptions as server-sent events, one per request. A stream ends when the token
 * of the principal expires, at the latest after an hour; clients of graphql-sse reconnect automatically.
 */
export function streamRoute(app: FastifyInstance, options: StreamRouteOptions): void {
  const open = new Map<FastifyRequest, Stream>()
  const handle = createStreamHandler(open)
  app.addHook('preClose', async () => {
    for (const { reply } of open.values()) reply.raw.destroy()
  })
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql/stream',
    handler: async (request, reply) => {
      const stream = registerStream(open, request, reply, await authenticateStream(request, options), options)
      try {
        stream.subscription = await prepareSubscription(request, stream.context, options)
      } catch (error) {
        if (!(error instanceof InvalidOperationError)) throw error
        void reply.code(400).header('cache-control', 'no-store').type(graphqlResponseType(request.headers))
        return reply.send({ errors: formatErrors(request.log, error.errors) })
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
  open: Map<FastifyRequest, Stream>,
  request: FastifyRequest,
  reply: FastifyReply,
  authenticated: Authenticated,
  { services, streams }: StreamRouteOptions,
): Stream {
  const release = streams.acquire(authenticated.principal)
  const context = new RequestContext(services, authenticated.principal, request)
  const stream: Stream = { context, reply, unread: 0, subscription: undefined }
  open.set(request, stream)
  const timer = setTimeout(() => reply.raw.destroy(), streams.lifetimeOf(authenticated).ms)
  onClose(reply.raw, () => {
    clearTimeout(timer)
    release()
    open.delete(request)
  })
  return stream
}

function prepareSubscription(
  request: FastifyRequest,
  context: RequestContext,
  { persistedOperations, streams }: StreamRouteOptions,
): Promise<ExecutionArgs> {
  const parameters = operationParameters(request)
  const { text } = resolveOperationText(request, persistedOperations)
  return streams.prepare(context, parameters, text)
}

/** graphql-sse accepts only contexts with an index signature. */
type StreamContext = RequestContext & Record<PropertyKey, unknown>

function createStreamHandler(open: ReadonlyMap<FastifyRequest, Stream>) {
  return createHandler<StreamContext>({
    // One connection per operation: the single-connection mode of graphql-sse would tie a client to one
    // process.
    authenticate: () => null,
    // LiveStreams has validated the operation already.
    validate: () => [],
    onSubscribe: ({ raw }) => {
      const stream = open.get(raw)
      if (!stream?.subscription) throw new Error('the stream was closed before it started')
      return { ...stream.subscription, contextValue: stream.context as StreamContext }
    },
    onNext: (_context, { raw, context: { reply } }, result) => {
      const stream = open.get(raw)
      if (stream) stream.unread = reply.raw.writableLength > 0 ? stream.unread + 1 : 0
      if (stream && stream.unread > MAX_UNREAD_MESSAGES) reply.raw.destroy()
      const { errors } = result as ExecutionResult
      if (errors && stream) return { ...(result as ExecutionResult), errors: formatErrors(stream.context.log, errors) as never }
    },
  })
}
