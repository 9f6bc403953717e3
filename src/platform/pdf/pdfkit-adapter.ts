import PDFDocument from 'pdfkit'
import { RawPdfObject } from './syntax.js'

/** An indirect object. `toString` returns the reference that other objects use. */
export interface Reference {
  readonly id: number
  readonly data: Record<string, unknown>
  offset: number
  toString(): string
}

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

/** The internals of pdfkit 0.20 that are used. Golden files detect a change in them. */
interface PdfKitInternals {
  _offset: number
  _root: { data: DocumentCatalog & { Names: Reference } }
  page: PdfKitPage
  ref(data?: unknown): Reference
  _refEnd(reference: Reference): void
  addNamedEmbeddedFile(name: string, file: Reference): void
}

/**
 * pdfkit's document without its stream: it collects the output in memory and writes raw objects directly.
 * PdfFile writes the metadata and the structure.
 */
export class PdfKit extends PDFDocument {
  /** Initialized by the first write, which happens in pdfkit's constructor. */
  declare private pieces: (string | Uint8Array)[] | undefined
  declare private pending: string | undefined

  get catalog(): DocumentCatalog {
    return this.internals._root.data
  }

  get currentPage(): PdfKitPage {
    return this.internals.page
  }

  /** Writes an object. @param text  in PDF syntax */
  writeObject(text: string): Reference {
    const reference = this.reserveObject()
    this.fillObject(reference, text)
    return reference
  }

  /** Reserves an object, so that others can refer to it before `fillObject` writes it. */
  reserveObject(): Reference {
    return this.internals.ref(EMPTY_OBJECT)
  }

  fillObject(reference: Reference, text: string, bytes?: Uint8Array): void {
    reference.offset = this.internals._offset
    this._write(`${reference.id} 0 obj`)
    this._write(text)
    if (bytes) {
      this._write('stream')
      this._write(bytes)
      this._write('\nendstream')
    }
    this._write('endobj')
    this.internals._refEnd(reference)
  }

  /** Writes a stream. @param dictionary  its entries in PDF syntax, without the length */
  writeStream(dictionary: string, bytes: Uint8Array): Reference {
    const reference = this.reserveObject()
    this.fillObject(reference, `<<${dictionary}/Length ${bytes.length}>>`, bytes)
    return reference
  }

  addNamedFile(name: string, file: Reference): void {
    this.internals.addNamedEmbeddedFile(name, file)
  }

  finish(): Buffer {
    this.end()
    const file = Buffer.allocUnsafeSlow(this.internals._offset)
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
      this.internals._offset += data.length + 1
      return
    }
    this.pieces ??= []
    this.pieces.push(this.pending ?? '', data)
    this.pending = ''
    this.internals._offset += data.length
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

  private get internals(): PdfKitInternals {
    return this as unknown as PdfKitInternals
  }
}

const EMPTY_OBJECT = new RawPdfObject('')
