import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fresh from 'fresh'
import type { ByteRange, StoredPdf } from '../../modules/invoicing/index.js'
import { parseByteRange } from './byte-range.js'

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
  pdf: StoredPdf,
  signal: AbortSignal,
): Promise<FastifyReply> {
  const { sha256, size } = pdf
  const etag = `"${sha256.toString('hex')}"`
  // A response to a signed link is not stored, because a cache would serve it after the link has expired.
  const isByLink = request.query.signature !== undefined
  const caching = { etag, 'cache-control': isByLink ? 'private, no-store' : 'private, no-cache' }
  // The Cache-Control of the request is ignored: it is meant for caches.
  if (fresh({ 'if-none-match': request.headers['if-none-match'] }, { etag })) return reply.code(304).headers(caching).send()
  const type = request.query.download === '1' ? 'attachment' : 'inline'
  const headers = {
    ...caching,
    'accept-ranges': 'bytes',
    'content-type': 'application/pdf',
    'content-disposition': `${type}; filename="${name}.pdf"; filename*=UTF-8''${encodeURIComponent(name)}.pdf`,
  }
  if (request.method === 'HEAD') return reply.headers({ ...headers, 'content-length': size }).send()
  const range = requestedRange(request, etag, size)
  if (range === 'unsatisfiable') {
    return reply
      .code(416)
      .headers({ ...caching, 'accept-ranges': 'bytes', 'content-range': `bytes */${size}` })
      .send()
  }
  // The headers are set after the first bytes were read, because an error has other ones.
  const body = await pdf.read({ range, signal })
  const { start, end } = range ?? { start: 0, end: size }
  void reply.headers({ ...headers, 'content-length': end - start })
  if (range) void reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${size}`)
  return reply.send(Buffer.isBuffer(body) ? body : streamOf(body, request))
}

/** @returns undefined for a different version, which gets the whole file */
function requestedRange({ headers }: FastifyRequest, etag: string, size: number): ByteRange | 'unsatisfiable' | undefined {
  const isSameVersion = headers['if-range'] === undefined || headers['if-range'] === etag
  return headers.range !== undefined && isSameVersion ? parseByteRange(headers.range, size) : undefined
}

/** Reads a chunk when the connection has taken the previous one. An error resets the connection, so the file stays incomplete. */
function streamOf(chunks: AsyncIterable<Buffer>, { log }: FastifyRequest): Readable {
  const stream = Readable.from(chunks, { objectMode: false, highWaterMark: 0 })
  return stream.on('error', (err) => log.error({ err }, 'a PDF was sent only in part'))
}
