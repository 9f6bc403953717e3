import { registerEnumType } from 'type-graphql'
import { InvoiceFormat } from '../../core/invoice-format.js'

registerEnumType(InvoiceFormat, {
  name: 'InvoiceFormat',
  description: 'Profile of an electronic invoice.',
  valuesConfig: {
    FACTUR_X: { description: 'Factur-X or ZUGFeRD: a PDF with an XML file of the profile EN 16931.' },
    XRECHNUNG: { description: 'XRechnung, which authorities in Germany require.' },
    PEPPOL: { description: 'Peppol BIS Billing 3.0.' },
    FRANCE: { description: 'EN 16931 with the rules of the French reform of electronic invoices.' },
  },
})
