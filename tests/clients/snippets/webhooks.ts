import { verifyWebhook, WebhookVerificationError } from '@quittance/client/webhooks'

/** @param request  a request of the Fetch API, as in Hono, Next.js, Deno and Cloudflare Workers */
export async function receiveEvent(request: Request, secrets: string[], setLimit: (userId: string, servers: number | null) => void) {
  try {
    // The raw body: JSON that was parsed and printed again has another signature.
    const event = await verifyWebhook({ body: await request.text(), headers: request.headers, secret: secrets })
    if (event.type === 'limits.changed' && event.data.userId) setLimit(event.data.userId, event.data.limits.serverLimit)
    return new Response(null, { status: 204 })
  } catch (error) {
    if (error instanceof WebhookVerificationError) return new Response(null, { status: 401 })
    throw error
  }
}
