import { XmlDocument, XmlElement } from 'libxml2-wasm'
import { expect, test } from 'vitest'
import { buildElectronicInvoice } from '../../../../src/modules/invoicing/electronic-invoices/electronic-invoice.js'
import { creditNoteFor, documentFor, FRENCH_NOTES, GERMAN_BUYER, GERMAN_SELLER, STANDARD } from '../../../support/electronic-documents.js'

/** The order in the XSD of UBL 2.1, of the elements that we write. It is the same in Invoice and CreditNote, except for the type. */
const DOCUMENT = [
  ...[
    'CustomizationID',
    'ProfileID',
    'ID',
    'IssueDate',
    'DueDate',
    'InvoiceTypeCode',
    'CreditNoteTypeCode',
    'Note',
    'DocumentCurrencyCode',
  ],
  ...['TaxCurrencyCode', 'BuyerReference', 'InvoicePeriod', 'OrderReference', 'BillingReference', 'AccountingSupplierParty'],
  ...[
    'AccountingCustomerParty',
    'Delivery',
    'PaymentMeans',
    'AllowanceCharge',
    'TaxTotal',
    'LegalMonetaryTotal',
    'InvoiceLine',
    'CreditNoteLine',
  ],
]
const ORDER: Readonly<Record<string, readonly string[]>> = {
  Invoice: DOCUMENT,
  CreditNote: DOCUMENT,
  OrderReference: ['ID', 'SalesOrderID'],
  InvoiceDocumentReference: ['ID', 'IssueDate'],
  Party: ['EndpointID', 'PartyIdentification', 'PostalAddress', 'PartyTaxScheme', 'PartyLegalEntity', 'Contact'],
  PostalAddress: ['StreetName', 'AdditionalStreetName', 'CityName', 'PostalZone', 'CountrySubentity', 'AddressLine', 'Country'],
  PartyTaxScheme: ['CompanyID', 'TaxScheme'],
  PartyLegalEntity: ['RegistrationName', 'CompanyID', 'CompanyLegalForm'],
  Contact: ['Name', 'Telephone', 'ElectronicMail'],
  PaymentMeans: ['PaymentMeansCode', 'PaymentID', 'PayeeFinancialAccount'],
  PayeeFinancialAccount: ['ID', 'FinancialInstitutionBranch'],
  AllowanceCharge: ['ChargeIndicator', 'AllowanceChargeReason', 'Amount', 'TaxCategory'],
  TaxTotal: ['TaxAmount', 'TaxSubtotal'],
  TaxSubtotal: ['TaxableAmount', 'TaxAmount', 'TaxCategory'],
  TaxCategory: ['ID', 'Percent', 'TaxExemptionReasonCode', 'TaxExemptionReason', 'TaxScheme'],
  LegalMonetaryTotal: [
    ...['LineExtensionAmount', 'TaxExclusiveAmount', 'TaxInclusiveAmount', 'AllowanceTotalAmount', 'ChargeTotalAmount', 'PrepaidAmount'],
    'PayableAmount',
  ],
  InvoiceLine: ['ID', 'InvoicedQuantity', 'LineExtensionAmount', 'InvoicePeriod', 'Item', 'Price'],
  CreditNoteLine: ['ID', 'CreditedQuantity', 'LineExtensionAmount', 'InvoicePeriod', 'Item', 'Price'],
  InvoicePeriod: ['StartDate', 'EndDate'],
  Item: ['Name', 'ClassifiedTaxCategory'],
  ClassifiedTaxCategory: ['ID', 'Percent', 'TaxScheme'],
  Price: ['PriceAmount', 'BaseQuantity'],
}
/** Groups with one element. */
const SINGLE = ['BillingReference', 'AccountingSupplierParty', 'AccountingCustomerParty', 'PartyIdentification', 'AddressLine', 'Country']
const MORE_SINGLE = ['TaxScheme', 'Delivery', 'FinancialInstitutionBranch']

function childrenOf(element: XmlElement): XmlElement[] {
  return element.find('*').filter((node): node is XmlElement => node instanceof XmlElement)
}

function expectOrder(element: XmlElement): void {
  const children = childrenOf(element)
  const names = children.map(({ name }) => name)
  if (children.length > 0 && ![...SINGLE, ...MORE_SINGLE].includes(element.name)) {
    const positions = names.map((name) => ORDER[element.name]?.indexOf(name) ?? -1)
    expect(positions, `${element.name}: ${names}`).not.toContain(-1)
    expect(positions, `${element.name}: ${names}`).toEqual(positions.toSorted((a, b) => a - b))
  }
  children.forEach(expectOrder)
}

test.each(['invoice', 'credit note'])('a UBL %s has its elements in the order of the XSD', (kind) => {
  const invoice = documentFor(
    'PEPPOL',
    {
      issuer: { ...GERMAN_SELLER, electronicAddress: { scheme: '9930', id: 'DE136695976' }, state: 'Berlin' },
      buyer: { ...GERMAN_BUYER, state: 'NRW', taxId: '12/34' },
      currency: 'USD',
      accountingTax: { currency: 'EUR', tax: '1000', rate: '0.92', day: '2026-05-01', source: 'ECB' },
      notes: FRENCH_NOTES,
    },
    STANDARD,
  )
  const document = kind === 'invoice' ? invoice : creditNoteFor(invoice)
  const parsed = XmlDocument.fromString(buildElectronicInvoice(document, 'PEPPOL')?.xml ?? '')
  expectOrder(parsed.root)
  parsed.dispose()
})
