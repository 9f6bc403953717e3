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
  // The Cache-Control of the request is ignored: it is meant for caches.
  if (fresh({ 'if-none-match': request.headers['if-none-match'] }, { etag })) return setCaching(reply.code(304), request, etag).send()
  const isHead = request.method === 'HEAD'
  const range = isHead ? undefined : requestedRange(request, etag, size)
  if (range === 'unsatisfiable') {
    void reply.code(416).header('accept-ranges', 'bytes').header('content-range', `bytes */${size}`)
    return setCaching(reply, request, etag).send()
  }
  const { start, end } = range ?? { start: 0, end: size }
  // No header is set before the first bytes were read, because an error has other ones.
  const body = isHead ? undefined : await pdf.read({ range, signal })
  const type = request.query.download === '1' ? 'attachment' : 'inline'
  void setCaching(reply, request, etag)
    .type('application/pdf')
    .header('accept-ranges', 'bytes')
    .header('content-disposition', `${type}; filename="${name}.pdf"; filename*=UTF-8''${encodeURIComponent(name)}.pdf`)
    .header('content-length', end - start)
  if (range) void reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${size}`)
  return reply.send(body === undefined || Buffer.isBuffer(body) ? body : streamOf(body, request))
}

function setCaching(reply: FastifyReply, { query }: FastifyRequest<PdfRequest>, etag: string): FastifyReply {
  // A response to a signed link is not stored, because a cache would serve it after the link has expired.
  const isByLink = query.signature !== undefined
  return reply.header('etag', etag).header('cache-control', isByLink ? 'private, no-store' : 'private, no-cache')
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
