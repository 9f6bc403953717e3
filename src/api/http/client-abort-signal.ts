import type { FastifyReply } from 'fastify'
import { onClose } from './on-close.js'

/** Aborts when the client disconnects before the response has been sent. */
export function abortOnDisconnect(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  onClose(reply.raw, () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
