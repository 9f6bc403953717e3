import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type EndMeasurement, startMeasurement } from '../../core/instrumentation.js'
import { type Principal, principalName } from '../../modules/identity/index.js'
import type { Tracing } from '../../platform/telemetry/tracing.js'
import { fromTrustedProxy } from './trusted-proxy.js'

const REQUEST_ID = /^[\w.:-]{8,100}$/

declare module 'fastify' {
  interface FastifyRequest {
    /** Additional fields of the log line. */
    logContext: Partial<Record<'caller' | 'operation', string>>
    endMeasurement: EndMeasurement
    /** Undefined unless traces are exported. */
    endSpan: ((outcome: string) => void) | undefined
  }
}

export function logPrincipal(request: FastifyRequest, principal: Principal): void {
  request.logContext.caller = principalName(principal)
}

/** @param operation  kind and name of the operation, such as "query Plans", which contain no values */
export function logOperation(request: FastifyRequest, operation: string | undefined): void {
  if (operation) request.logContext.operation = operation
}

/** Keeps the `x-request-id` of a proxy in TRUST_PROXY, and generates an id for every other request. */
export function requestIds(trustProxy: readonly string[]): (request: IncomingMessage) => string {
  const isTrusted = fromTrustedProxy(trustProxy)
  return (request) => {
    const given = request.headers['x-request-id']
    return typeof given === 'string' && REQUEST_ID.test(given) && isTrusted(request) ? given : randomUUID()
  }
}

/**
 * Logs and measures every request once, and returns the request id of the log line in the response. The query
 * string is not logged, because it contains the signature of an invoice link. Users are logged by id only,
 * never by name or address.
 */
export function installRequestLogging(app: FastifyInstance, traces: Tracing | undefined): void {
  for (const name of ['logContext', 'endMeasurement', 'endSpan']) app.decorateRequest(name)
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id)
    const route = `${request.method} ${request.routeOptions.url ?? 'unknown'}`
    request.logContext = {}
    request.endMeasurement = startMeasurement('request', { route })
    if (traces) request.endSpan = traces.within(request.headers, route, done)
    else done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    logResponse(request, reply, reply.statusCode)
    done()
  })
}

/** Logs and measures a request that has been responded to. */
export function logResponse(request: FastifyRequest, { elapsedTime }: FastifyReply, status: number): void {
  const { method, routeOptions, logContext } = request
  request.endMeasurement(String(status))
  request.endSpan?.(String(status))
  request.log.info({ method, route: routeOptions.url, status, ms: Math.round(elapsedTime), ...logContext }, 'request')
}
