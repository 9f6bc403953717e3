import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type EndMeasurement, startMeasurement } from '../../core/instrumentation.js'
import { type Principal, principalName } from '../../modules/identity/index.js'
import type { Tracing } from '../../platform/telemetry/tracing.js'
import { fromTrustedProxy } from './trusted-proxy.js'

const REQUEST_ID = /^[\w.:-]{8,100}$/

/** What a request turned out to be, for the one line that is logged of it. */
interface LogContext {
  caller?: string
  operation?: string
}

const logContexts = new WeakMap<FastifyRequest, LogContext>()

export function logPrincipal(request: FastifyRequest, caller: Principal): void {
  logContexts.set(request, { ...logContexts.get(request), caller: principalName(caller) })
}

/** @param operation  "query Plans": words of GraphQL, which can hold no values */
export function logOperation(request: FastifyRequest, operation: string | undefined): void {
  if (operation) logContexts.set(request, { ...logContexts.get(request), operation })
}

/** A request keeps the id that a proxy of TRUST_PROXY has given it; everybody else's gets a new one. */
export function requestIds(trustProxy: readonly string[]): (request: IncomingMessage) => string {
  const isTrusted = fromTrustedProxy(trustProxy)
  return (request) => {
    const given = request.headers['x-request-id']
    return typeof given === 'string' && REQUEST_ID.test(given) && isTrusted(request) ? given : randomUUID()
  }
}

/**
 * One line and one measurement a request, and the id of the line in its answer. Without the query string: an invoice link carries
 * its signature there. People are numbers, for names and addresses have no place in a log.
 */
export function installRequestLogging(app: FastifyInstance, traces: Tracing | undefined): void {
  const ends = new WeakMap<FastifyRequest, EndMeasurement>()
  const spans = new WeakMap<FastifyRequest, (outcome: string) => void>()
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id)
    const route = `${request.method} ${request.routeOptions.url ?? 'unknown'}`
    ends.set(request, startMeasurement('request', { route }))
    if (traces) spans.set(request, traces.within(request.headers, route, done))
    else done()
  })
  app.addHook('onResponse', async (request, reply) => {
    const status = reply.statusCode
    ends.get(request)?.(String(status))
    spans.get(request)?.(String(status))
    const { method, routeOptions } = request
    request.log.info({ method, route: routeOptions.url, status, ms: Math.round(reply.elapsedTime), ...logContexts.get(request) }, 'request')
  })
}
