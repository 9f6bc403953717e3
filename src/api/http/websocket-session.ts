import type { FastifyRequest } from 'fastify'
import { type ExecutionArgs, GraphQLError, type GraphQLFormattedError } from 'graphql'
import type { OperationResult, SubscribePayload } from 'graphql-ws'
import type { WebSocket } from 'ws'
import { DomainError, INTERNAL_SERVER_ERROR } from '../../core/errors.js'
import { type Principal, RequestContext } from '../../modules/identity/index.js'
import type { Services } from '../../modules/services.js'
import { formatErrors } from '../graphql/format-error.js'
import type { PersistedOperations } from '../graphql/persisted-operations.js'
import type { LiveStreams } from './live-streams.js'
import { InvalidOperationError } from './parse-subscription.js'
import { CLOSE_CODES, closeConnection, isOpen } from './websocket-connection.js'

interface SessionOptions {
  services: Services
  streams: LiveStreams
  persistedOperations: PersistedOperations
}

type Results = AsyncIterable<unknown> & { return?: (value: undefined) => unknown }

interface Stream {
  release(): void
  results: Results | undefined
}

/**
 * A WebSocket and its subscriptions. They are identified by the payload of their message, because a client
 * can use an id again before the previous subscription with it has started.
 */
export class WebSocketSession {
  readonly socket: WebSocket
  readonly request: FastifyRequest
  readonly #options: SessionOptions
  readonly #streams = new Map<SubscribePayload, Stream>()

  constructor(socket: WebSocket, request: FastifyRequest, options: SessionOptions) {
    this.socket = socket
    this.request = request
    this.#options = options
    socket.once('close', () => {
      for (const payload of this.#streams.keys()) this.end(payload)
    })
  }

  /** @returns the operation to run, or the errors if it is refused */
  async subscribe(principal: Principal, payload: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const { services, streams, persistedOperations } = this.#options
    try {
      this.#streams.set(payload, { release: streams.acquire(principal), results: undefined })
      const context = new RequestContext(services, principal, this.request)
      // The protocol requires a text, so a client that sends a hash instead leaves it empty.
      const text = persistedOperations.resolveText({ ...payload, query: payload.query || undefined })
      return await streams.prepare(context, payload, text)
    } catch (error) {
      this.end(payload)
      return toGraphQLErrors(error)
    }
  }

  /** Ends the results when the connection closes, and now if it has closed before they were there. */
  start(payload: SubscribePayload, results: Awaited<OperationResult>): void {
    const stream = this.#streams.get(payload)
    if (!(Symbol.asyncIterator in results)) return
    if (stream) stream.results = results
    if (!stream || !isOpen(this.socket)) endResults(results)
  }

  end(payload: SubscribePayload): void {
    const stream = this.#streams.get(payload)
    this.#streams.delete(payload)
    stream?.release()
    if (stream?.results) endResults(stream.results)
  }

  /**
   * Formats the errors that end a subscription. If changes may have been missed, the connection is closed, so
   * that the client connects again.
   */
  fail(payload: SubscribePayload, errors: readonly GraphQLError[]): GraphQLFormattedError[] | undefined {
    const hasStarted = this.#streams.get(payload)?.results !== undefined
    if (!hasStarted || errors.every(({ originalError }) => originalError instanceof DomainError))
      return formatErrors(this.request.log, errors)
    this.request.log.info({ reason: errors[0]?.message }, 'a stream was interrupted')
    closeConnection(this.socket, CLOSE_CODES.RETRY, 'Live updates were interrupted: connect again and query the current state')
    return undefined
  }
}

/** Not `for await`, which would wait for the next result first. */
function endResults(results: Results): void {
  void results.return?.(undefined)
}

function toGraphQLErrors(error: unknown): readonly GraphQLError[] {
  if (error instanceof InvalidOperationError) return error.errors
  const code = error instanceof DomainError ? error.code : INTERNAL_SERVER_ERROR.code
  const originalError = error instanceof Error ? error : new Error(String(error))
  return [new GraphQLError(originalError.message, { originalError, extensions: { code } })]
}
