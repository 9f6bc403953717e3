import type { FastifyInstance, FastifyRequest } from 'fastify'
import { DomainError } from '../core/errors.js'
import { parseId } from '../core/input.js'
import type { Order } from '../database/generated/client.js'
import type { Services } from '../database/services.js'
import { findDocument } from '../invoices/find-document.js'
import { verifyInvoiceLink } from '../invoices/invoice-link.js'
import type { Renderer } from '../invoices/renderer.js'
import { orderNotFound, requireOrder } from '../orders/find-orders.js'
import type { Authenticate } from './authenticate.js'

interface InvoiceRoute {
  services: Services
  authenticate: Authenticate
  renderer: Renderer
}

/** GET /orders/:id/invoice: the PDF, for who may see the order by token or cookie, or by a signed link. */
export function invoiceRoute(app: FastifyInstance, { services, authenticate, renderer }: InvoiceRoute): void {
  app.get<{ Params: { id: string } }>('/orders/:id/invoice', async (request, reply) => {
    if (!services.flag.enabled) throw new DomainError('FEATURE_DISABLED', 'Billing is switched off')
    const order = await authorisedOrder(services, authenticate, request, parseId('id', request.params.id))
    const document = await findDocument(services, order)
    const pdf = await renderer.render(document)
    const name = document.number ?? `pro-forma-${order.id}`
    return reply
      .type('application/pdf')
      .header('content-length', pdf.byteLength)
      .header('content-disposition', `inline; filename="${name}.pdf"`)
      .header('cache-control', 'private, no-store')
      .header('referrer-policy', 'no-referrer')
      .header('x-content-type-options', 'nosniff')
      .send(pdf)
  })
}

/** @throws UNAUTHENTICATED for a wrong link or nobody, ORDER_NOT_FOUND for whom the order does not exist */
async function authorisedOrder(services: Services, authenticate: Authenticate, request: FastifyRequest, id: number): Promise<Order> {
  const query = request.query as Record<string, unknown>
  if (query.signature !== undefined) {
    verifyInvoiceLink(services.config, id, query, services.clock.now())
    const order = await services.db.order.findUnique({ where: { id } })
    if (!order) throw orderNotFound(id)
    return order
  }
  const viewer = await authenticate(request)
  if (!viewer) throw new DomainError('UNAUTHENTICATED', 'Sign in, or open the link that the API gives as invoicePdfUrl')
  return requireOrder(services.db, viewer, id)
}
