import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { parseId } from '../../core/input.js'
import type { UserPrincipal } from '../../modules/identity/index.js'
import {
  type DocumentService,
  findIssuedInvoice,
  findIssuedInvoiceForOrder,
  getVisibleInvoice,
  invoiceNotFoundError,
  type LinkPurpose,
  type StoredPdf,
  verifyInvoiceLink,
} from '../../modules/invoicing/index.js'
import { getOrder, orderNotFoundError } from '../../modules/orders/index.js'
import { assertBillingEnabled, type Services } from '../../modules/services.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { chargeFee } from '../rate-limit-policy.js'
import { type Authenticate, requireUser } from './authenticate.js'
import { abortOnDisconnect } from './client-abort-signal.js'
import { sendPdf } from './send-pdf.js'

/** Points of a file that is stored. */
const STORED = 10
/** Points of one that has to be drawn. */
const DRAWN = 50

interface InvoiceRouteOptions {
  services: Services
  authenticate: Authenticate
  documents: DocumentService
  budgets: RateLimiter
}

interface InvoiceRequest {
  Params: { id: string }
  Querystring: Record<string, unknown>
}

/** The files of invoices, for who may see the order by token or cookie, or by a signed link. */
export function invoiceRoutes(app: FastifyInstance, parts: InvoiceRouteOptions): void {
  const { services, documents } = parts
  const { db } = services

  /** An order's invoice or statement; a pro forma as long as there is none. Under the address that clients of EcliPanel know, too. */
  route(app, services, ['/orders/:id/invoice', '/api/orders/:id/invoice'], async (id, request, reply) => {
    const reader = await readerOf(parts, request, 'order-invoice', id)
    await reader.pay(STORED)
    const order = reader.viewer ? await getOrder(db, reader.viewer, id) : await db.order.findUnique({ where: { id } })
    if (!order) throw orderNotFoundError(id)
    const issued = await findIssuedInvoiceForOrder(db, order.id)
    const gone = abortOnDisconnect(reply)
    if (issued) return sendPdf(request, reply, issued.number, await fileOf(documents, issued.id, reader, gone))
    await reader.pay(DRAWN - STORED)
    return sendPdf(request, reply, `pro-forma-${order.id}`, await documents.renderProForma(services, order, gone))
  })

  /** A document by itself: credit notes too. Under the name that clients of Escluse know, as well. */
  route(app, services, ['/invoices/:id/pdf', '/invoices/inv_:id(^\\d+).pdf'], async (id, request, reply) => {
    const reader = await readerOf(parts, request, 'invoice', id)
    await reader.pay(STORED)
    const issued = reader.viewer ? await getVisibleInvoice(db, reader.viewer, id) : await findIssuedInvoice(db, id)
    if (!issued) throw invoiceNotFoundError(id)
    return sendPdf(request, reply, issued.number, await fileOf(documents, id, reader, abortOnDisconnect(reply)))
  })
}

type Handler = (id: number, request: FastifyRequest<InvoiceRequest>, reply: FastifyReply) => Promise<FastifyReply>

function route(app: FastifyInstance, { flag }: Services, urls: string[], handler: Handler): void {
  for (const url of urls) {
    app.route<InvoiceRequest>({
      method: ['GET', 'HEAD'],
      url,
      exposeHeadRoute: false,
      config: { isDocument: true },
      handler: async (request, reply) => {
        assertBillingEnabled(flag)
        return handler(parseId('id', request.params.id), request, reply)
      },
    })
  }
}

/** Who opens a file. */
interface Reader {
  /** Undefined for a valid link, which opens what it names for everybody. */
  viewer: UserPrincipal | undefined
  /** Takes points, of a link from the address. @throws RATE_LIMITED */
  pay(points: number): Promise<unknown>
}

async function readerOf(
  { services, authenticate, budgets }: InvoiceRouteOptions,
  request: FastifyRequest<InvoiceRequest>,
  purpose: LinkPurpose,
  id: number,
): Promise<Reader> {
  const isLink = request.query.signature !== undefined
  if (isLink) verifyInvoiceLink(services.config, { purpose, id }, request.query, services.clock.now())
  const message = 'Sign in, or open the link that the API gives as pdfUrl'
  const viewer = isLink ? undefined : requireUser(await authenticate(request), message)
  return { viewer, pay: (points) => chargeFee(budgets, { principal: viewer, address: request.ip, services }, points) }
}

/** A file that is not stored yet is drawn, and paid for before. */
async function fileOf(documents: DocumentService, invoiceId: number, reader: Reader, gone: AbortSignal): Promise<StoredPdf> {
  const drawn = await documents.findRendered(invoiceId)
  if (drawn) return drawn
  await reader.pay(DRAWN - STORED)
  return documents.getPdf(invoiceId, gone)
}
