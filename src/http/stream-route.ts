import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type DocumentNode, GraphQLError, type GraphQLFormattedError, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql'
import type { ExecutionResult, RequestParams } from 'graphql-sse'
import { createHandler } from 'graphql-sse/lib/use/fastify'
import { charge } from '../budgets/budget-of.js'
import type { CallerBudgets } from '../budgets/caller-budgets.js'
import type { Clock } from '../core/clock.js'
import { busy, DomainError, type ErrorCode, invalidInput } from '../core/errors.js'
import { formatError, logFailures } from '../graphql/format-error.js'
import { checkOperation, MAX_COST } from '../graphql/operation-limits.js'
import { MAX_TOKENS } from '../graphql/document-limits.js'
import type { TrustedDocuments } from '../graphql/trusted-documents.js'
import { Context } from '../identity/context.js'
import { callerName } from '../identity/viewer.js'
import type { Services } from '../services.js'
import type { Authenticate, Authenticated } from './authenticate.js'

const LONGEST_MS = 3_600_000
const MAX_STREAMS = 10_000
const MAX_STREAMS_EACH = 20
/** So many answers in a row found the one before unread: the client is not there any more. */
const MAX_UNREAD = 100

interface StreamRoute {
  schema: GraphQLSchema
  services: Services
  authenticate: Authenticate
  tokenClock: Clock
  budgets: CallerBudgets
  trusted: TrustedDocuments
}

interface Stream {
  context: Context
  reply: FastifyReply
  name: string
  unread: number
}

/**
 * /graphql/stream: GraphQL subscriptions as server-sent events, one request for each. A stream ends with the token of who
 * asks, and after an hour; clients of graphql-sse ask again by themselves.
 */
export function streamRoute(app: FastifyInstance, { schema, services, authenticate, tokenClock, budgets, trusted }: StreamRoute): void {
  const streams = new Map<FastifyRequest, Stream>()
  const format = ({ error, code }: Fault) => formatError({ ...error.toJSON(), extensions: { code, ...error.extensions } }, error)
  const handle = createHandler<Context & Record<PropertyKey, unknown>>({
    // No stream of several operations: it would live in one process.
    authenticate: () => null,
    onSubscribe: async (request, parameters) => {
      const { context } = streams.get(request.raw) as Stream
      const document = await readSubscription(parameters, { schema, context, budgets, trusted })
      if (Array.isArray(document)) return refuse(document.map(format))
      const { operationName, variables } = parameters
      return { schema, document, contextValue: context as never, operationName: operationName ?? null, variableValues: variables ?? null }
    },
    onNext: (_context, { raw, context: { reply } }, result) => {
      const stream = streams.get(raw)
      if (stream) stream.unread = reply.raw.writableLength > 0 ? stream.unread + 1 : 0
      if (stream && stream.unread > MAX_UNREAD) reply.raw.destroy()
      const { errors } = result as ExecutionResult
      // What is not a resolver's is about the variables.
      if (errors && stream) logFailures(stream.context.log, errors)
      const faults = errors?.map((error) => ({ error, code: error.path ? 'INTERNAL_SERVER_ERROR' : 'BAD_USER_INPUT' }) as const)
      if (faults) return { ...(result as ExecutionResult), errors: faults.map(format) as never }
    },
  })
  app.addHook('preClose', async () => {
    for (const { reply } of streams.values()) reply.raw.destroy()
  })
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql/stream',
    handler: async (request, reply) => {
      if (request.headers.accept !== 'text/event-stream') throw invalidInput('accept', 'must be text/event-stream')
      const authenticated = await authenticate(request)
      if (!authenticated) throw new DomainError('UNAUTHENTICATED', 'Sign in: send a token as "Authorization: Bearer …"')
      const name = callerName(authenticated.caller)
      const mine = [...streams.values()].filter((stream) => stream.name === name).length
      if (streams.size >= MAX_STREAMS || mine >= MAX_STREAMS_EACH) throw busy('Too many streams are open; close some first')
      streams.set(request, { context: new Context(services, authenticated.caller, request), reply, name, unread: 0 })
      const timer = setTimeout(() => reply.raw.destroy(), lifetime(authenticated, tokenClock))
      reply.raw.once('close', () => {
        clearTimeout(timer)
        streams.delete(request)
      })
      reply.hijack()
      await handle(request, reply).catch((error: unknown) => {
        request.log.info({ reason: (error as Error).message }, 'a stream was interrupted')
        reply.raw.destroy()
      })
    },
  })
}

function lifetime({ until }: Authenticated, clock: Clock): number {
  return Math.max(0, Math.min(LONGEST_MS, until ? until.getTime() - clock.now().getTime() : LONGEST_MS))
}

type Refusal = [body: string, init: { status: number; statusText: string; headers: { 'content-type': string } }]

function refuse(errors: readonly GraphQLFormattedError[]): Refusal {
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  return [JSON.stringify({ errors }), { status: 400, statusText: 'Bad Request', headers }]
}

interface Asked {
  schema: GraphQLSchema
  context: Context
  budgets: CallerBudgets
  trusted: TrustedDocuments
}

/** The document, when it is a subscription that fits the schema and that the caller can pay for; otherwise why not. */
async function readSubscription(
  { query, operationName, variables }: RequestParams,
  { schema, context, budgets, trusted }: Asked,
): Promise<DocumentNode | Fault[]> {
  try {
    const document = parse(trusted.textOf({ query }) ?? '', { maxTokens: MAX_TOKENS })
    const faults = validate(schema, document)
    if (faults.length > 0) return faults.map((error) => ({ error, code: 'GRAPHQL_VALIDATION_FAILED' }))
    const operation = getOperationAST(document, operationName)
    if (operation?.operation !== 'subscription') {
      return [
        { error: new GraphQLError('Only subscriptions are served here; send queries and mutations to /graphql'), code: 'BAD_REQUEST' },
      ]
    }
    const { cost } = checkOperation({ schema, document, operation, variables: variables ?? {}, maximum: MAX_COST })
    await charge(budgets, context, cost)
    return document
  } catch (error) {
    if (error instanceof DomainError) return [{ error: new GraphQLError(error.message, { originalError: error }), code: error.code }]
    return [{ error: error as GraphQLError, code: 'GRAPHQL_PARSE_FAILED' }]
  }
}

interface Fault {
  error: GraphQLError
  code: ErrorCode
}
