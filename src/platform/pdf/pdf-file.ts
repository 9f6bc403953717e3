import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { deflateSync } from 'node:zlib'
import type { FontSet } from './font-set.js'
import type { PdfImage } from './image.js'
import { type ElectronicInvoice, PRODUCER, type Properties, xmp } from './metadata.js'
import { Page, type UsedSlices } from './page.js'
import { PdfKit, type Reference } from './pdfkit-adapter.js'
import { type Marked, Tag } from './structure-tag.js'
import { pdfDate, pdfText, Raw } from './syntax.js'
import type { Slice } from './typeface.js'

/** A4, points. */
export const PAGE = { width: 595.28, height: 841.89 }

/**
 * A file that claims, and keeps, PDF/A-3a (for the archive) and PDF/UA-1 (for screen readers) at once.
 * pdfkit writes it; text is set as operators of our own and fonts are shared slices, which is what makes it fast.
 * The same calls give the same bytes.
 */
export class PdfFile {
  readonly root = new Tag('Document')
  readonly pages: Page[] = []
  readonly #fonts: FontSet
  readonly #properties: Properties
  readonly #used: UsedSlices = new Map()

  constructor(fonts: FontSet, properties: Properties) {
    this.#fonts = fonts
    this.#properties = properties
  }

  addPage(): Page {
    const page = new Page(this.pages.length, this.#fonts, this.#used)
    this.pages.push(page)
    return page
  }

  finish(attached: ElectronicInvoice | undefined): Buffer {
    const { title, author, subject, language, date } = this.#properties
    const kit = new PdfKit({
      size: [PAGE.width, PAGE.height],
      autoFirstPage: false,
      bufferPages: true,
      pdfVersion: '1.7',
      lang: language,
      displayTitle: true,
      // What is worth it is compressed here.
      compress: false,
      // None: pdfkit would embed Helvetica, which is not embedded at all.
      font: null as unknown as string,
      info: { Title: title, Author: author, Subject: subject, Producer: PRODUCER, Creator: PRODUCER, CreationDate: date, ModDate: date },
    })
    const fonts = new Map([...this.#used].map(([slice, shaped]) => [slice, embedFont(kit, slice, shaped)]))
    const pictures = new Map<PdfImage, Reference>()
    const pages = this.pages.map((page, index) => addPage(kit, page, index, fonts, pictures))
    addStructure(kit, this.root, this.pages, pages)
    if (attached) attach(kit, attached, date)
    kit.catalogue.OutputIntents = [outputIntent(kit)]
    kit.catalogue.Metadata = kit.stream('/Type/Metadata/Subtype/XML', Buffer.from(xmp(this.#properties, attached)))
    return kit.finish()
  }
}

function addPage(
  kit: PdfKit,
  page: Page,
  index: number,
  fonts: ReadonlyMap<Slice, Reference>,
  pictures: Map<PdfImage, Reference>,
): Reference {
  kit.addPage()
  const { fonts: fontNames, xobjects, dictionary, content } = kit.sheet
  for (const slice of page.slices) fontNames[slice.resource] = fonts.get(slice)
  for (const picture of page.pictures) {
    const embedded = pictures.get(picture) ?? embedImage(kit, picture)
    pictures.set(picture, embedded)
    xobjects.Logo = embedded
  }
  dictionary.data.StructParents = index
  dictionary.data.Tabs = 'S'
  // pdfkit's own content turns the page upside down, so that y grows downwards; ours goes on from there.
  dictionary.data.Contents = [content, compressed(kit, '', Buffer.from(page.content, 'latin1'))]
  return dictionary
}

function embedFont(kit: PdfKit, slice: Slice, shaped: ReadonlyMap<number, readonly number[]>): Reference {
  const { program, programLength, name, descriptor, widths } = slice.embeddable()
  const file = kit.stream(`/Length1 ${programLength}/Filter/FlateDecode`, program)
  const described = kit.object(`<<${descriptor}/FontFile2 ${file}>>`)
  const system = '/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>'
  const descendant = kit.object(
    `<</Type/Font/Subtype/CIDFontType2/BaseFont/${name}${system}/FontDescriptor ${described}/CIDToGIDMap/Identity/W ${widths}>>`,
  )
  const toUnicode = kit.stream('/Filter/FlateDecode', slice.toUnicode(shaped))
  return kit.object(
    `<</Type/Font/Subtype/Type0/BaseFont/${name}/Encoding/Identity-H/DescendantFonts[${descendant}]/ToUnicode ${toUnicode}>>`,
  )
}

function embedImage(kit: PdfKit, { width, height, filter, colorSpace, data }: PdfImage): Reference {
  const size = `/Width ${width}/Height ${height}/BitsPerComponent 8`
  return kit.stream(`/Type/XObject/Subtype/Image${size}/ColorSpace/${colorSpace}/Filter/${filter}`, data)
}

/** The tree of tags, and from every mark of every page back to its tag. Source: ISO 32000-1, 14.7. */
function addStructure(kit: PdfKit, root: Tag, pages: readonly Page[], references: readonly Reference[]): void {
  const tree = kit.reserve()
  const elements = new Map<Tag, Reference>()
  const write = (tag: Tag, parent: Reference): Reference => {
    const element = kit.reserve()
    elements.set(tag, element)
    const kids = tag.kids.map((kid) => (kid instanceof Tag ? `${write(kid, element)}` : markedContent(kid, references)))
    const alternative = tag.alternative === undefined ? '' : `/Alt ${pdfText(tag.alternative)}`
    const attributes = tag.attributes && `/A ${tag.attributes}`
    kit.settle(element, `<</Type/StructElem/S/${tag.type}/P ${parent}${alternative}${attributes}/K[${kids.join(' ')}]>>`)
    return element
  }
  const document = write(root, tree)
  const parents = pages.map(({ marks }, index) => `${index}[${marks.map((tag) => elements.get(tag)).join(' ')}]`)
  kit.settle(tree, `<</Type/StructTreeRoot/K ${document}/ParentTree<</Nums[${parents.join(' ')}]>>/ParentTreeNextKey ${pages.length}>>`)
  kit.catalogue.StructTreeRoot = tree
  kit.catalogue.MarkInfo = new Raw('<</Marked true>>')
}

function markedContent({ page, mark }: Marked, pages: readonly Reference[]): string {
  return `<</Type/MCR/Pg ${pages[page]}/MCID ${mark}>>`
}

/** As associated file of the document, and by name for readers that know no better. Source: ISO 19005-3, annex E. */
function attach(kit: PdfKit, { xml, fileName }: ElectronicInvoice, date: Date): void {
  const parameters = `/ModDate${pdfDate(date)}/Size ${xml.length}`
  const file = compressed(kit, `/Type/EmbeddedFile/Subtype/text#2Fxml/Params<<${parameters}>>`, xml)
  const name = pdfText(fileName)
  const description = pdfText('Factur-X invoice')
  const specification = kit.object(
    `<</Type/Filespec/F ${name}/UF ${name}/Desc ${description}/AFRelationship/Alternative/EF<</F ${file}/UF ${file}>>>>`,
  )
  kit.nameFile(fileName, specification)
  kit.catalogue.AF = [specification]
}

/** Half the time and a quarter of the memory of the usual settings, for a tenth more space. */
function compressed(kit: PdfKit, dictionary: string, bytes: Uint8Array): Reference {
  return kit.stream(`${dictionary}/Filter/FlateDecode`, deflateSync(bytes, { level: 3, windowBits: 13, memLevel: 6 }))
}

let profile: { bytes: Uint8Array } | undefined

/** Colours mean sRGB; the profile is the one that pdfkit brings. */
function outputIntent(kit: PdfKit): Reference {
  profile ??= {
    bytes: deflateSync(readFileSync(join(dirname(createRequire(import.meta.url).resolve('pdfkit')), 'data/sRGB_IEC61966_2_1.icc')), {
      level: 9,
    }),
  }
  const embedded = kit.stream('/N 3/Filter/FlateDecode', profile.bytes)
  const name = '(sRGB IEC61966-2.1)'
  return kit.object(`<</Type/OutputIntent/S/GTS_PDFA1/Info${name}/OutputConditionIdentifier${name}/DestOutputProfile ${embedded}>>`)
}
