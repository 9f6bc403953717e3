import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { invalidInputError } from '../../core/errors.js'
import { decodeId, parseId } from '../../core/ids.js'
import { INVOICE_FORMATS, type InvoiceFormat } from '../../core/invoice-format.js'
import type { UserPrincipal } from '../../modules/identity/index.js'
import {
  assertHasReceipt,
  type DocumentService,
  getIssuedXml,
  getReceiptPayment,
  type LinkTarget,
  type StoredPdf,
  verifyInvoiceLink,
} from '../../modules/invoicing/index.js'
import { getOrder, orderNotFoundError } from '../../modules/orders/index.js'
import type { Services } from '../../modules/services.js'
import { assertBillingEnabled } from '../../modules/settings/index.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { chargeFee } from '../rate-limit-policy.js'
import { type Authenticate, requireUser } from './authenticate.js'
import { abortOnDisconnect } from './client-abort-signal.js'
import { sendPdf } from './send-pdf.js'
import { sendXml } from './send-xml.js'

/** The cost of a stored PDF, points. */
const STORED_PDF_COST = 10
/** The cost of a PDF that must be rendered, points. */
const RENDERED_PDF_COST = 50

interface InvoiceRouteOptions {
  services: Services
  authenticate: Authenticate
  documents: DocumentService
  rateLimiter: RateLimiter
}

interface InvoiceRequest {
  Params: { id: string }
  Querystring: Record<string, unknown>
}

/**
 * Serves invoice documents to principals who may see the order, by token or cookie, and to everybody with a
 * signed link.
 */
export function invoiceRoutes(app: FastifyInstance, options: InvoiceRouteOptions): void {
  const { services, documents } = options
  const { db } = services

  // An order's invoice or payment statement; a pro forma until one is issued. For a top-up, the payment request or
  // the receipt. The second URL is that of EcliPanel's API.
  const orderInvoice: DocumentHandler = async ({ id }, request, reply) => {
    const reader = await readerOf(options, request, { purpose: 'order-invoice', id })
    await reader.consume(STORED_PDF_COST)
    const issued = await documents.findIssuedInvoiceOfOrder(id, reader.principal)
    const signal = abortOnDisconnect(reply)
    if (issued) return sendPdf(request, reply, issued.number, await getPdf(documents, issued.id, reader, signal), signal)
    const order = reader.principal ? await getOrder(db, reader.principal, id) : await db.order.findUnique({ where: { id } })
    if (!order) throw orderNotFoundError(id)
    await reader.consume(RENDERED_PDF_COST - STORED_PDF_COST)
    const { name, pdf } = await documents.renderOrderDocument(services, order, signal)
    return sendPdf(request, reply, name, pdf, signal)
  }
  documentRoute(app, services, {
    urls: ['/orders/:id/invoice', '/api/orders/:id/invoice'],
    parse: (id) => ({ id: parseId('id', id, 'Order') }),
    handler: orderInvoice,
  })

  // A single invoice document. The second URL is that of Escluse's API.
  const document: DocumentHandler = async ({ id, type }, request, reply) => {
    const reader = await readerOf(options, request, { purpose: 'invoice', id })
    await reader.consume(STORED_PDF_COST)
    const issued = await documents.getIssuedInvoice(id, reader.principal, type)
    const signal = abortOnDisconnect(reply)
    return sendPdf(request, reply, issued.number, await getPdf(documents, id, reader, signal), signal)
  }
  documentRoute(app, services, {
    urls: ['/invoices/:id/pdf', '/invoices/:id(^inv_\\d+).pdf'],
    parse: parseDocumentId,
    handler: document,
  })

  // The electronic invoice of a document, which is built for every request.
  const electronicInvoice: DocumentHandler = async ({ id, type }, request, reply) => {
    const format = parseFormat(request.query.format)
    const reader = await readerOf(options, request, { purpose: 'invoice-xml', id, format })
    await reader.consume(STORED_PDF_COST)
    await documents.getIssuedInvoice(id, reader.principal, type)
    return sendXml(request, reply, await getIssuedXml(db, id, format))
  }
  documentRoute(app, services, { urls: ['/invoices/:id/xml'], parse: parseDocumentId, handler: electronicInvoice })

  // The receipt of a payment, which is rendered for every request.
  const receipt: DocumentHandler = async ({ id }, request, reply) => {
    const reader = await readerOf(options, request, { purpose: 'receipt', id })
    await reader.consume(STORED_PDF_COST)
    const payment = await getReceiptPayment(db, reader.principal, id)
    assertHasReceipt(services, payment)
    await reader.consume(RENDERED_PDF_COST - STORED_PDF_COST)
    const signal = abortOnDisconnect(reply)
    const { name, pdf } = await documents.renderReceipt(services, payment, signal)
    return sendPdf(request, reply, name, pdf, signal)
  }
  documentRoute(app, services, {
    urls: ['/payments/:id/receipt'],
    parse: (id) => ({ id: parseId('id', id, 'Payment') }),
    handler: receipt,
  })
}

/** @returns undefined without a format, for that of the document */
function parseFormat(text: unknown): InvoiceFormat | undefined {
  const format = INVOICE_FORMATS.find((known) => known === text)
  if (text !== undefined && format === undefined) throw invalidInputError('format', `must be one of ${INVOICE_FORMATS.join(', ')}`)
  return format
}

/** A document; of the type that the prefix of its id names. */
interface RequestedDocument {
  id: bigint
  type?: 'Invoice' | 'CreditNote'
}

/** Ids without a prefix are those of signed links, which contain that of an invoice or of a credit note. */
function parseDocumentId(text: string): RequestedDocument {
  const type = decodeId(text)?.type
  if (type === undefined) return { id: parseId('id', text, 'Invoice') }
  const known = type === 'CreditNote' ? type : 'Invoice'
  return { id: parseId('id', text, known), type: known }
}

type DocumentHandler = (document: RequestedDocument, request: FastifyRequest<InvoiceRequest>, reply: FastifyReply) => Promise<FastifyReply>

interface DocumentRoute {
  urls: string[]
  parse: (id: string) => RequestedDocument
  handler: DocumentHandler
}

function documentRoute(app: FastifyInstance, { flag }: Pick<Services, 'flag'>, { urls, parse, handler }: DocumentRoute): void {
  for (const url of urls) {
    app.route<InvoiceRequest>({
      method: ['GET', 'HEAD'],
      url,
      exposeHeadRoute: false,
      config: { isDocument: true },
      handler: async (request, reply) => {
        assertBillingEnabled(flag)
        return handler(parse(request.params.id), request, reply)
      },
    })
  }
}

/** The reader of an invoice document. */
interface InvoiceReader {
  /** Undefined for a valid link, which needs no authentication. */
  principal: UserPrincipal | undefined
  /** Consumes points, for a link those of the address. @throws RATE_LIMITED */
  consume(points: number): Promise<unknown>
}

async function readerOf(
  { services, authenticate, rateLimiter }: InvoiceRouteOptions,
  request: FastifyRequest<InvoiceRequest>,
  target: LinkTarget,
): Promise<InvoiceReader> {
  const isLink = request.query.signature !== undefined
  if (isLink) verifyInvoiceLink(services.config, target, request.query, services.clock.now())
  const message = 'Sign in, or open the link that the API returns as pdfUrl, xmlUrl or receiptUrl'
  const principal = isLink ? undefined : requireUser(await authenticate(request), message)
  return { principal, consume: (points) => chargeFee(rateLimiter, { principal, address: request.ip, services }, points) }
}

/** Returns the stored PDF, or consumes the cost of rendering and renders it. */
async function getPdf(documents: DocumentService, invoiceId: bigint, reader: InvoiceReader, signal: AbortSignal): Promise<StoredPdf> {
  const stored = await documents.findRendered(invoiceId)
  if (stored) return stored
  await reader.consume(RENDERED_PDF_COST - STORED_PDF_COST)
  return documents.getPdf(invoiceId, signal)
}
