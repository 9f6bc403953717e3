import { escapeXml } from './syntax.js'

export interface DocumentProperties {
  title: string
  author: string
  subject: string
  /** BCP 47. */
  language: string
  /** The date of the document, not of its drawing, so that the same document gives the same bytes. */
  date: Date
}

/** An electronic invoice that is embedded in the file. Source: Factur-X 1.08, 6.2. */
export interface ElectronicInvoice {
  xml: Uint8Array
  fileName: 'factur-x.xml' | 'xrechnung.xml'
  /** "EN 16931" or "XRECHNUNG". */
  profile: string
}

export const PRODUCER = 'Quittance'

/**
 * Creates the XMP packet, which declares the conformance of the file. Sources: ISO
 * 19005-3, ISO 14289-1, XMP part 1.
 */
export function xmp({ title, author, subject, language, date }: DocumentProperties, attached: ElectronicInvoice | undefined): string {
  const time = `${date.toISOString().slice(0, 19)}Z`
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>${escapeXml(author)}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(subject)}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>${escapeXml(language)}</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>${PRODUCER}</pdf:Producer></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreatorTool>${PRODUCER}</xmp:CreatorTool><xmp:CreateDate>${time}</xmp:CreateDate><xmp:ModifyDate>${time}</xmp:ModifyDate></rdf:Description>
${attached ? ALL_EXTENSION_SCHEMAS : PDF_UA_EXTENSION_SCHEMA}${attached ? facturXDescription(attached) : ''}</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>`
}

function facturXDescription({ fileName, profile }: ElectronicInvoice): string {
  return `<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"><fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>${fileName}</fx:DocumentFileName><fx:Version>1.0</fx:Version><fx:ConformanceLevel>${profile}</fx:ConformanceLevel></rdf:Description>
`
}

/**
 * PDF/A requires that the file describes every schema that PDF/A does not
 * define: those of PDF/UA and Factur-X.
 */
function extensionSchemas(attached: boolean): string {
  const ua = schema('PDF/UA identification schema', 'http://www.aiim.org/pdfua/ns/id/', 'pdfuaid', [
    ['part', 'Integer', 'internal', 'Part of ISO 14289 to which the document conforms'],
  ])
  const fx = schema('Factur-X PDFA Extension Schema', 'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#', 'fx', [
    ['DocumentFileName', 'Text', 'external', 'name of the embedded XML invoice file'],
    ['DocumentType', 'Text', 'external', 'INVOICE'],
    ['Version', 'Text', 'external', 'The actual version of the Factur-X XML schema'],
    ['ConformanceLevel', 'Text', 'external', 'The conformance level of the embedded Factur-X data'],
  ])
  return `<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>${ua}${attached ? fx : ''}</rdf:Bag></pdfaExtension:schemas></rdf:Description>
`
}

function schema(title: string, uri: string, prefix: string, properties: readonly (readonly [string, string, string, string])[]): string {
  const items = properties.map(
    ([name, type, category, description]) =>
      `<rdf:li rdf:parseType="Resource"><pdfaProperty:name>${name}</pdfaProperty:name><pdfaProperty:valueType>${type}</pdfaProperty:valueType><pdfaProperty:category>${category}</pdfaProperty:category><pdfaProperty:description>${description}</pdfaProperty:description></rdf:li>`,
  )
  return `<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>${title}</pdfaSchema:schema><pdfaSchema:namespaceURI>${uri}</pdfaSchema:namespaceURI><pdfaSchema:prefix>${prefix}</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>${items.join('')}</rdf:Seq></pdfaSchema:property></rdf:li>`
}

const PDF_UA_EXTENSION_SCHEMA = extensionSchemas(false)
const ALL_EXTENSION_SCHEMAS = extensionSchemas(true)
