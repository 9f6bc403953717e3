import PDFDocument from 'pdfkit'
import { Raw } from './syntax.js'

/** An indirect object; as text it is what other objects refer to it by. */
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

/** What a page's dictionaries hold. */
interface PdfKitPage {
  readonly fonts: Record<string, unknown>
  readonly xobjects: Record<string, unknown>
  readonly dictionary: Reference
  readonly content: Reference
}

/** The inner parts of pdfkit 0.20 that are used beside its public ones. Golden files notice when one of them changes. */
interface PdfKitInternals {
  _offset: number
  _root: { data: DocumentCatalog & { Names: Reference } }
  page: PdfKitPage
  ref(data?: unknown): Reference
  _refEnd(reference: Reference): void
  addNamedEmbeddedFile(name: string, file: Reference): void
}

/**
 * pdfkit's document without its stream: it collects what it writes, objects of ours are written without a detour, and
 * metadata and structure are what its user has made of them.
 */
export class PdfKit extends PDFDocument {
  /** Made at the first write, which happens in pdfkit's constructor. */
  declare private pieces: (string | Uint8Array)[] | undefined
  declare private pending: string | undefined

  get catalogue(): DocumentCatalog {
    return this.inner._root.data
  }

  get sheet(): PdfKitPage {
    return this.inner.page
  }

  /** An object that is written at once. @param text  as PDF writes it */
  object(text: string): Reference {
    const reference = this.reserve()
    this.settle(reference, text)
    return reference
  }

  /** An object that others refer to before it is written by `settle`. */
  reserve(): Reference {
    return this.inner.ref(NOTHING)
  }

  settle(reference: Reference, text: string, bytes?: Uint8Array): void {
    reference.offset = this.inner._offset
    this._write(`${reference.id} 0 obj`)
    this._write(text)
    if (bytes) {
      this._write('stream')
      this._write(bytes)
      this._write('\nendstream')
    }
    this._write('endobj')
    this.inner._refEnd(reference)
  }

  /** @param dictionary  entries as PDF writes them, without the length */
  stream(dictionary: string, bytes: Uint8Array): Reference {
    const reference = this.reserve()
    this.settle(reference, `<<${dictionary}/Length ${bytes.length}>>`, bytes)
    return reference
  }

  nameFile(name: string, file: Reference): void {
    this.inner.addNamedEmbeddedFile(name, file)
  }

  finish(): Buffer {
    this.end()
    const file = Buffer.allocUnsafeSlow(this.inner._offset)
    let at = 0
    for (const piece of [...(this.pieces ?? []), this.pending ?? '']) {
      if (typeof piece === 'string') at += file.write(piece, at, 'latin1')
      else {
        file.set(piece, at)
        at += piece.length
      }
    }
    return file
  }

  /** pdfkit's own output: faster than its stream, and synchronous. */
  protected _write(data: string | Uint8Array): void {
    if (typeof data === 'string') {
      this.pending = `${this.pending ?? ''}${data}\n`
      this.inner._offset += data.length + 1
      return
    }
    this.pieces ??= []
    this.pieces.push(this.pending ?? '', data)
    this.pending = ''
    this.inner._offset += data.length
  }

  /** The end of a stream that nobody reads: pdfkit would keep the whole document until the event loop comes round. */
  override push(): boolean {
    return false
  }

  /** Made by PdfFile. */
  override endMarkings(): void {}
  override endMetadata(): void {}

  private get inner(): PdfKitInternals {
    return this as unknown as PdfKitInternals
  }
}

const NOTHING = new Raw('')
