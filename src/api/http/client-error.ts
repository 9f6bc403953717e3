import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'The HTTP request is malformed',
  408: 'The request was not sent in time',
  431: 'The request headers are too large',
}

/**
 * Responds to a request that Node's HTTP parser refuses. Fastify runs no hooks for it, so the security header
 * and the log line are written here.
 */
export function respondToClientError(this: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const status = statusOf(error.code)
  this.log.info({ status, reason: error.code }, 'request')
  if (socket.writable && !hasResponse(socket)) {
    const body = JSON.stringify({ error: MESSAGES[status] })
    const headers = [
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'x-content-type-options: nosniff',
      'connection: close',
    ]
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
  }
  socket.destroy(error)
}

function statusOf(code: string | undefined): number {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408
  return code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
}

/** Whether a response has begun on the connection: a second one would corrupt it. */
function hasResponse(socket: Socket & { _httpMessage?: { headersSent: boolean } }): boolean {
  return socket._httpMessage?.headersSent === true
}
