import type { FastifyInstance } from 'fastify'
import { receiveWebhook } from '../payments/receive-webhook.js'
import { webhookSecrets } from '../payments/webhook-secrets.js'
import type { Services } from '../services.js'

const MAX_BODY_BYTES = 1_048_576

/**
 * POST /webhooks/lemonsqueezy. Answered with 200 once it is stored, which is all that the provider counts as received;
 * also while billing is switched off, for what is not taken is lost.
 */
export async function webhookRoute(app: FastifyInstance, services: Services): Promise<void> {
  // In a scope of its own, where a body is bytes: the signature is over what was sent.
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => done(null, body))
    scope.post('/webhooks/lemonsqueezy', { bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      await receiveWebhook(services, webhookSecrets(services.config), body, request.headers['x-signature'])
      return reply.header('cache-control', 'no-store').send({ received: true })
    })
  })
}
