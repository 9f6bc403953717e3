import type { ElectronicInvoice as AttachedInvoice } from '../../../platform/pdf/metadata.js'
import type { DocumentSnapshot, InvoiceFormat } from '../document-snapshot.js'
import { stateChecked } from './required-details.rules.js'
import { writeCii } from './write-cii.js'
import { writeUbl } from './write-ubl.js'

/** A file for the software of the buyer. */
export interface ElectronicInvoice {
  readonly xml: string
  readonly fileName: string
  readonly mediaType: 'application/xml'
}

/**
 * Builds the machine-readable form of an invoice or credit note.
 * @returns undefined if the document cannot be expressed in the format; `missingFor` returns the reasons
 */
export function buildElectronicInvoice(document: DocumentSnapshot, format: InvoiceFormat): ElectronicInvoice | undefined {
  const stated = stateChecked(document, format)
  if ('missing' in stated) return undefined
  const xml = format === 'PEPPOL' ? writeUbl(stated) : writeCii(stated)
  return { xml, fileName: `${stated.number}.xml`, mediaType: 'application/xml' }
}

/** The format of a document: that of its snapshot, or else Factur-X. */
export function formatOf({ format = 'FACTUR_X' }: DocumentSnapshot): InvoiceFormat {
  return format
}

/**
 * Builds the electronic invoice that the PDF contains. A PDF can contain only CII, so that of a document for Peppol contains
 * Factur-X, as does one that lacks details of its profile. Source of names and levels: Factur-X 1.08 and ZUGFeRD 2.4, 6.2.
 */
export function buildAttachedInvoice(document: DocumentSnapshot): AttachedInvoice | undefined {
  const format = formatOf(document)
  const built = format === 'PEPPOL' ? undefined : buildElectronicInvoice(document, format)
  if (format === 'XRECHNUNG' && built) return { xml: Buffer.from(built.xml), fileName: 'xrechnung.xml', profile: 'XRECHNUNG' }
  const facturX = built ?? buildElectronicInvoice(document, 'FACTUR_X')
  return facturX && { xml: Buffer.from(facturX.xml), fileName: 'factur-x.xml', profile: 'EN 16931' }
}
