import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { parseId } from '../core/input.js'
import type { Viewer } from '../identity/viewer.js'
import type { Documents } from '../invoices/documents.js'
import { findIssued, findIssuedFor, invoiceNotFound, requireIssued } from '../invoices/find-document.js'
import { type LinkPurpose, verifyInvoiceLink } from '../invoices/invoice-link.js'
import { orderNotFound, requireOrder } from '../orders/find-orders.js'
import { requireBilling, type Services } from '../services.js'
import { type Authenticate, requirePerson } from './authenticate.js'
import { hangUp } from './hang-up.js'
import { sendDocument } from './send-document.js'

interface InvoiceRoutes {
  services: Services
  authenticate: Authenticate
  documents: Documents
}

interface Asked {
  Params: { id: string }
  Querystring: Record<string, unknown>
}

/** The files of invoices, for who may see the order by token or cookie, or by a signed link. */
export function invoiceRoutes(app: FastifyInstance, { services, authenticate, documents }: InvoiceRoutes): void {
  const { db, flag, config, clock } = services
  const route = (urls: string[], handler: (id: number, request: FastifyRequest<Asked>, reply: FastifyReply) => Promise<FastifyReply>) => {
    for (const url of urls) {
      app.route<Asked>({
        method: ['GET', 'HEAD'],
        url,
        exposeHeadRoute: false,
        config: { isDocument: true },
        handler: async (request, reply) => {
          requireBilling(flag)
          return handler(parseId('id', request.params.id), request, reply)
        },
      })
    }
  }
  /** @returns undefined for a good link, which opens what it names for everybody */
  const viewerOf = async (request: FastifyRequest<Asked>, purpose: LinkPurpose, id: number): Promise<Viewer | undefined> => {
    if (request.query.signature !== undefined) {
      verifyInvoiceLink(config, { purpose, id }, request.query, clock.now())
      return undefined
    }
    return requirePerson(await authenticate(request), 'Sign in, or open the link that the API gives as pdfUrl')
  }

  /** An order's invoice or statement; a pro forma as long as there is none. Under the address that clients of EcliPanel know, too. */
  route(['/orders/:id/invoice', '/api/orders/:id/invoice'], async (id, request, reply) => {
    const viewer = await viewerOf(request, 'order-invoice', id)
    const order = viewer ? await requireOrder(db, viewer, id) : await db.order.findUnique({ where: { id } })
    if (!order) throw orderNotFound(id)
    const issued = await findIssuedFor(db, order.id)
    const gone = hangUp(reply)
    const document = issued ? await documents.of(issued.id, gone) : await documents.proForma(services, order, gone)
    return sendDocument(request, reply, issued?.number ?? `pro-forma-${order.id}`, document)
  })

  /** A document by itself: credit notes too. Under the name that clients of Escluse know, as well. */
  route(['/invoices/:id/pdf', '/invoices/inv_:id(^\\d+).pdf'], async (id, request, reply) => {
    const viewer = await viewerOf(request, 'invoice', id)
    const issued = viewer ? await requireIssued(db, viewer, id) : await findIssued(db, id)
    if (!issued) throw invoiceNotFound(id)
    return sendDocument(request, reply, issued.number, await documents.of(id, hangUp(reply)))
  })
}
