import type { FastifyReply, FastifyRequest } from 'fastify'
import fresh from 'fresh'
import type { StoredPdf } from '../../modules/invoicing/index.js'
import { type ByteRange, parseByteRange } from './byte-range.js'

interface PdfRequest {
  Querystring: Record<string, unknown>
}

/**
 * Responds to GET and HEAD for a PDF with the whole file, a range of it, or 304. Call it after authorisation.
 * @param name  the file name without its extension: letters, digits and hyphens
 * Source: RFC 9110 (conditional requests, ranges), RFC 6266 and 5987 (file names).
 */
export async function sendPdf(
  request: FastifyRequest<PdfRequest>,
  reply: FastifyReply,
  name: string,
  { sha256, size, bytes }: StoredPdf,
): Promise<FastifyReply> {
  // A response to a signed link is not stored, because a cache would serve it after the link has expired.
  const isByLink = request.query.signature !== undefined
  const etag = `"${sha256.toString('hex')}"`
  const type = request.query.download === '1' ? 'attachment' : 'inline'
  void reply.header('etag', etag).header('cache-control', isByLink ? 'private, no-store' : 'private, no-cache')
  // The Cache-Control of the request is ignored: it is meant for caches.
  if (fresh({ 'if-none-match': request.headers['if-none-match'] }, { etag })) return reply.code(304).send()
  void reply
    .type('application/pdf')
    .header('accept-ranges', 'bytes')
    .header('content-disposition', `${type}; filename="${name}.pdf"; filename*=UTF-8''${encodeURIComponent(name)}.pdf`)
  if (request.method === 'HEAD') return reply.header('content-length', size).send()
  const range = requestedRange(request, etag, size)
  if (range === 'unsatisfiable') {
    void reply.code(416).header('content-range', `bytes */${size}`).removeHeader('content-disposition').removeHeader('content-type')
    return reply.send()
  }
  const whole = await bytes()
  if (!range) return reply.header('content-length', size).send(whole)
  void reply.code(206).header('content-range', `bytes ${range.start}-${range.end - 1}/${size}`)
  return reply.header('content-length', range.end - range.start).send(whole.subarray(range.start, range.end))
}

/** @returns undefined for a different version, which gets the whole file */
function requestedRange({ headers }: FastifyRequest, etag: string, size: number): ByteRange | 'unsatisfiable' | undefined {
  const isSameVersion = headers['if-range'] === undefined || headers['if-range'] === etag
  return headers.range !== undefined && isSameVersion ? parseByteRange(headers.range, size) : undefined
}
