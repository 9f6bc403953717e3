import { DomainError } from '../../../core/errors.js'
import type { Database } from '../../../platform/postgres/client.js'
import { type InvoiceFormat, parseDocumentSnapshot } from '../document-snapshot.js'
import { INVOICE_DETAILS_MISSING } from '../invoice.errors.js'
import { buildElectronicInvoice, type ElectronicInvoice, formatOf } from './electronic-invoice.js'
import { missingFor } from './required-details.rules.js'

/**
 * Builds the electronic invoice of an issued document from its snapshot, which never changes. Call it after authorisation.
 * @param format  default: that of the document
 * @throws INVOICE_DETAILS_MISSING when the document cannot be expressed in the format
 */
export async function getIssuedXml(db: Database, id: bigint, format: InvoiceFormat | undefined): Promise<ElectronicInvoice> {
  const { number, snapshot } = await db.invoice.findUniqueOrThrow({ where: { id }, select: { number: true, snapshot: true } })
  const document = parseDocumentSnapshot(snapshot)
  const wanted = format ?? formatOf(document)
  const built = buildElectronicInvoice(document, wanted)
  if (built) return built
  const missing = missingFor(document, wanted).join('; ')
  throw new DomainError(INVOICE_DETAILS_MISSING, `${number} cannot be expressed as ${wanted}; it lacks: ${missing}`)
}
