import PDFDocument from 'pdfkit'
import { RawPdfObject } from './syntax.js'

/** An indirect object. `toString` returns the reference that other objects use. */
export type Reference = PDFKit.PDFKitReference & { readonly data: Record<string, unknown>; offset: number }

interface DocumentCatalog {
  OutputIntents?: unknown
  Metadata?: unknown
  StructTreeRoot?: unknown
  MarkInfo?: unknown
  AF?: unknown
}

/** The dictionaries of a page of pdfkit. */
interface PdfKitPage {
  readonly fonts: Record<string, unknown>
  readonly xobjects: Record<string, unknown>
  readonly dictionary: Reference
  readonly content: Reference
}

/**
 * pdfkit's document without its stream: it collects the output in memory and writes raw objects directly.
 * PdfFile writes the metadata and the structure.
 */
export class PdfKit extends PDFDocument {
  // The internals of pdfkit 0.20 that are used. Golden files detect a change in them.
  declare private _offset: number
  declare private _root: { data: DocumentCatalog }
  declare private _refEnd: (reference: Reference) => void
  declare page: PDFKit.PDFPage & PdfKitPage
  declare ref: (data: object) => Reference
  /** Initialized by the first write, which happens in pdfkit's constructor. */
  declare private pieces: (string | Uint8Array)[] | undefined
  declare private pending: string | undefined

  get catalog(): DocumentCatalog {
    return this._root.data
  }

  /** Writes an object. @param text  in PDF syntax */
  writeObject(text: string): Reference {
    const reference = this.reserveObject()
    this.fillObject(reference, text)
    return reference
  }

  /** Reserves an object, so that others can refer to it before `fillObject` writes it. */
  reserveObject(): Reference {
    return this.ref(EMPTY_OBJECT)
  }

  fillObject(reference: Reference, text: string, bytes?: Uint8Array): void {
    reference.offset = this._offset
    if (bytes) {
      this._write(`${reference.id} 0 obj\n${text}\nstream`)
      this._write(bytes)
      this._write('\nendstream\nendobj')
    } else this._write(`${reference.id} 0 obj\n${text}\nendobj`)
    this._refEnd(reference)
  }

  /** Writes a stream. @param dictionary  its entries in PDF syntax, without the length */
  writeStream(dictionary: string, bytes: Uint8Array): Reference {
    const reference = this.reserveObject()
    this.fillObject(reference, `<<${dictionary}/Length ${bytes.length}>>`, bytes)
    return reference
  }

  finish(): Buffer {
    this.end()
    const file = Buffer.allocUnsafeSlow(this._offset)
    let offset = 0
    for (const piece of [...(this.pieces ?? []), this.pending ?? '']) {
      if (typeof piece === 'string') offset += file.write(piece, offset, 'latin1')
      else {
        file.set(piece, offset)
        offset += piece.length
      }
    }
    return file
  }

  /** Replaces the output of pdfkit: synchronous and faster than its stream. */
  protected _write(data: string | Uint8Array): void {
    if (typeof data === 'string') {
      this.pending = `${this.pending ?? ''}${data}\n`
      this._offset += data.length + 1
      return
    }
    this.pieces ??= []
    this.pieces.push(this.pending ?? '', data)
    this.pending = ''
    this._offset += data.length
  }

  /**
   * Ignores the end of the unused stream. Otherwise pdfkit would hold the whole document
   * until the next event loop turn.
   */
  override push(): boolean {
    return false
  }

  /** PdfFile writes the structure and the metadata. */
  override endMarkings(): void {}
  override endMetadata(): void {}
}

const EMPTY_OBJECT = new RawPdfObject('')
