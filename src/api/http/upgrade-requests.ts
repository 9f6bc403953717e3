import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** A request that may become a WebSocket. */
export interface UpgradeRequest {
  socket: Socket
  /** What the client has sent after the headers. */
  head: Buffer
  response: ServerResponse
}

/**
 * Sends requests for a WebSocket at `path` through the routes of the app, so that its hooks run. Their
 * connection closes after any response other than the upgrade. As RFC 9110, section 7.8 permits, every other
 * upgrade is ignored: some clients offer HTTP/2 with each request.
 * @returns a function that finds the upgrade of a request
 */
export function routeUpgradeRequests(app: FastifyInstance, path: string): (request: IncomingMessage) => UpgradeRequest | undefined {
  const upgrades = new WeakMap<IncomingMessage, UpgradeRequest>()
  app.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (hasPendingResponse(socket)) return socket.destroy()
    if (!isWebSocketRequest(request, path)) return serveWithoutUpgrade(app, request, socket, head)
    socket.on('error', () => socket.destroy())
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket)
    response.once('finish', () => socket.destroySoon())
    upgrades.set(request, { socket, head, response })
    app.routing(request, response)
  })
  return (request) => upgrades.get(request)
}

/** A client may not send an upgrade before it has received the response to an earlier request. */
function hasPendingResponse(socket: Socket & { _httpMessage?: unknown }): boolean {
  return Boolean(socket._httpMessage)
}

function isWebSocketRequest({ method, url, headers }: IncomingMessage, path: string): boolean {
  return method === 'GET' && url?.split('?', 1)[0] === path && headers.upgrade?.toLowerCase() === 'websocket'
}

/** Node has stopped reading the connection, so the request without its Upgrade header is read again. */
function serveWithoutUpgrade({ server }: FastifyInstance, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${rawHeaders[index + 1]}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('connection', socket)
}
