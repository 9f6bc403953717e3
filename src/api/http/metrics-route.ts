import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../../config/config.js'
import { DomainError, UNAUTHENTICATED } from '../../core/errors.js'
import type { Metrics } from '../telemetry/metrics.js'
import { isLoopbackRequest } from './is-loopback-request.js'

/**
 * GET /metrics for Prometheus: with METRICS_TOKEN as Bearer token, or without METRICS_TOKEN from this machine
 * in demo mode.
 */
export function metricsRoute(app: FastifyInstance, metrics: Metrics, { metricsToken, production }: Config): void {
  app.get('/metrics', async (request, reply) => {
    const mayRead = metricsToken ? hasBearerToken(request, metricsToken) : !production && isLoopbackRequest(request)
    if (!mayRead) throw new DomainError(UNAUTHENTICATED, 'Send METRICS_TOKEN as "Authorization: Bearer …"')
    return reply
      .type(metrics.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.text())
  })
}

function hasBearerToken({ headers }: FastifyRequest, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`))
}
