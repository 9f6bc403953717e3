import type { FastifyInstance } from 'fastify'
import type { Services } from '../../services.js'
import { receiveWebhook } from './receive-webhook.js'

const MAX_WEBHOOK_BYTES = 1_048_576

/**
 * One route per sender, such as POST /webhooks/lemonsqueezy. The response is 200 as soon as the event is
 * stored, also while billing is disabled, because a provider stops retrying an event that is refused repeatedly.
 */
export async function webhookRoutes(app: FastifyInstance, services: Pick<Services, 'clock' | 'db' | 'providers'>): Promise<void> {
  // A separate scope that does not parse bodies, because the signature covers the bytes that were sent.
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_WEBHOOK_BYTES }, (_request, body, done) => done(null, body))
    for (const source of services.providers.webhooks.filter(({ isEnabled }) => isEnabled)) {
      scope.post(source.path, { bodyLimit: MAX_WEBHOOK_BYTES }, async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        await receiveWebhook(services, source, request.headers, body)
        return reply.header('cache-control', 'no-store').send({ received: true })
      })
    }
  })
}
