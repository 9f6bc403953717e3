import type { FastifyReply, FastifyRequest } from 'fastify'
import fresh from 'fresh'
import parseRange from 'range-parser'
import type { StoredPdf } from '../../modules/invoicing/index.js'

interface PdfRequest {
  Querystring: Record<string, unknown>
}

/**
 * Answers GET and HEAD of a PDF, whole, in part, or not at all to whom has it already. Call it after authorisation.
 * @param name  of the file, without its ending: letters, digits and hyphens
 * Source: RFC 9110 (conditional requests, ranges), RFC 6266 and 5987 (file names).
 */
export async function sendPdf(
  request: FastifyRequest<PdfRequest>,
  reply: FastifyReply,
  name: string,
  { sha256, size, bytes }: StoredPdf,
): Promise<FastifyReply> {
  // Whoever has the link opens the document for as long as it is valid, and not longer from a cache.
  const isByLink = request.query.signature !== undefined
  const etag = `"${sha256.toString('hex')}"`
  const type = request.query.download === '1' ? 'attachment' : 'inline'
  void reply.header('etag', etag).header('cache-control', isByLink ? 'private, no-store' : 'private, no-cache')
  // Without the request's Cache-Control: it is for caches, and we are none.
  if (fresh({ 'if-none-match': request.headers['if-none-match'] }, { etag })) return reply.code(304).send()
  void reply
    .type('application/pdf')
    .header('accept-ranges', 'bytes')
    .header('content-disposition', `${type}; filename="${name}.pdf"; filename*=UTF-8''${encodeURIComponent(name)}.pdf`)
  if (request.method === 'HEAD') return reply.header('content-length', size).send()
  const range = parseByteRange(request, etag, size)
  if (range === 'none of it') {
    void reply.code(416).header('content-range', `bytes */${size}`).removeHeader('content-disposition').removeHeader('content-type')
    return reply.send()
  }
  const whole = await bytes()
  if (!range) return reply.header('content-length', size).send(whole)
  void reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`)
  return reply.header('content-length', range.end - range.start + 1).send(whole.subarray(range.start, range.end + 1))
}

/** One range that fits. Several, and those of another version, are answered with the whole, as the RFC allows. */
function parseByteRange(
  { headers }: FastifyRequest,
  etag: string,
  size: number,
): { start: number; end: number } | 'none of it' | undefined {
  const ofThis = headers['if-range'] === undefined || headers['if-range'] === etag
  if (headers.range === undefined || !ofThis) return undefined
  const ranges = parseRange(size, headers.range)
  if (ranges === -1) return 'none of it'
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined
  return ranges[0]
}
