import type { FastifyInstance } from 'fastify'
import { receiveWebhook, webhookSecrets } from '../../modules/payments/index.js'
import type { Services } from '../../modules/services.js'

const MAX_WEBHOOK_BYTES = 1_048_576

/**
 * POST /webhooks/lemonsqueezy, and POST /webhooks/escluse if its secret is configured. The response is 200 as
 * soon as the event is stored, also while billing is disabled, because a provider eventually gives up on an
 * event that is refused.
 */
export async function paymentWebhookRoutes(app: FastifyInstance, services: Services): Promise<void> {
  const { config } = services
  const sources = webhookSecrets(config, 'escluse').length > 0 ? (['lemonsqueezy', 'escluse'] as const) : (['lemonsqueezy'] as const)
  // A separate scope that does not parse bodies, because the signature covers the bytes that were sent.
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_WEBHOOK_BYTES }, (_request, body, done) => done(null, body))
    for (const source of sources) {
      scope.post(`/webhooks/${source}`, { bodyLimit: MAX_WEBHOOK_BYTES }, async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        await receiveWebhook(services, source, body, request.headers['x-signature'])
        return reply.header('cache-control', 'no-store').send({ received: true })
      })
    }
  })
}
