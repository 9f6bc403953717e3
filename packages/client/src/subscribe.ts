import { QuittanceError } from './error.js'
import { readEventStream } from './event-stream.js'
import { parseResult, readData, resultData } from './response.js'
import { isTemporary, retryDelay, wait } from './retry.js'

export interface SubscribeOptions {
  /** Ends the iteration and closes the connection. */
  readonly signal?: AbortSignal
  /**
   * After each connection, and completed before its first event. Query the current state here: changes while
   * disconnected are not sent again. An error ends the subscription.
   */
  readonly onConnected?: () => void | Promise<void>
  /** After each lost connection or refused attempt, before it is repeated. */
  readonly onDisconnected?: (error: unknown) => void
}

/** Sends the request for the stream. */
export type OpenStream = (signal: AbortSignal) => Promise<Response>

/**
 * Iterates over the events of a subscription, and reconnects until the signal is aborted or the loop is left.
 * @throws QuittanceError if the server refuses the subscription, and repeating it does not help; what `onConnected` throws
 */
export async function* iterateEvents(open: OpenStream, options: SubscribeOptions): AsyncGenerator<unknown, void, undefined> {
  const controller = new AbortController()
  const abort = () => controller.abort()
  if (options.signal?.aborted) return
  options.signal?.addEventListener('abort', abort)
  try {
    yield* reconnect(open, options, controller.signal)
  } finally {
    options.signal?.removeEventListener('abort', abort)
    abort()
  }
}

async function* reconnect(open: OpenStream, options: SubscribeOptions, signal: AbortSignal): AsyncGenerator<unknown, void, undefined> {
  for (let failures = 0; !signal.aborted; ) {
    let lost: unknown = new TypeError('The server has closed the stream')
    try {
      const events = await connect(open, signal)
      failures = 0
      await notifyConnected(options)
      for await (const { event, data } of events) {
        if (event === 'complete') return
        if (event === 'next') yield resultData(parseResult(data) ?? {}, 200)
      }
    } catch (error) {
      if (error instanceof CallbackError) throw error.cause
      if (signal.aborted) return
      if (!isTemporary(error)) throw error
      lost = error
    }
    failures += 1
    options.onDisconnected?.(lost)
    await wait(retryDelay(failures, lost), signal)
  }
}

/** What the application has thrown: also a TypeError of it is not a lost connection. */
class CallbackError extends Error {}

async function notifyConnected({ onConnected }: SubscribeOptions): Promise<void> {
  try {
    await onConnected?.()
  } catch (cause) {
    throw new CallbackError('onConnected', { cause })
  }
}

/** @throws QuittanceError, or TypeError without a response */
async function connect(open: OpenStream, signal: AbortSignal) {
  const response = await open(signal)
  const isStream = response.ok && response.headers.get('content-type')?.startsWith('text/event-stream')
  if (isStream && response.body) return readEventStream(response.body)
  await readData(response)
  throw new QuittanceError(`HTTP ${response.status}: not a stream of events`, { status: response.status })
}
