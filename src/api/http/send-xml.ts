import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fresh from 'fresh'
import type { ElectronicInvoice } from '../../modules/invoicing/index.js'

interface XmlRequest {
  Querystring: Record<string, unknown>
}

/**
 * Responds to GET and HEAD for an electronic invoice with the file, or 304. Call it after authorisation. The caching is that of
 * PDFs: a response to a signed link is not stored, because a cache would serve it after the link has expired.
 */
export function sendXml(
  request: FastifyRequest<XmlRequest>,
  reply: FastifyReply,
  { xml, fileName, mediaType }: ElectronicInvoice,
): FastifyReply {
  const isByLink = request.query.signature !== undefined
  const etag = `"${createHash('sha256').update(xml).digest('hex')}"`
  void reply.header('etag', etag).header('cache-control', isByLink ? 'private, no-store' : 'private, no-cache')
  if (fresh({ 'if-none-match': request.headers['if-none-match'] }, { etag })) return reply.code(304).send()
  return reply
    .type(`${mediaType}; charset=utf-8`)
    .header('content-disposition', `attachment; filename="${fileName}"`)
    .header('content-length', Buffer.byteLength(xml))
    .send(request.method === 'HEAD' ? undefined : xml)
}
