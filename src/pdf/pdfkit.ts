import PDFDocument from 'pdfkit'
import { Raw } from './syntax.js'

/** An indirect object; as text it is what other objects refer to it by. */
export interface Reference {
  readonly data: Record<string, unknown>
  compress: boolean
  write(chunk: Uint8Array): void
  end(): void
  toString(): string
}

interface Catalogue {
  OutputIntents?: unknown
  Metadata?: unknown
  StructTreeRoot?: unknown
  MarkInfo?: unknown
  AF?: unknown
}

/** What a page's dictionaries hold. */
interface Sheet {
  readonly fonts: Record<string, unknown>
  readonly xobjects: Record<string, unknown>
  readonly dictionary: Reference
}

/** The inner parts of pdfkit 0.20 that are used beside its public ones. Golden files notice when one of them changes. */
interface Inner {
  _offset: number
  _root: { data: Catalogue & { Names: Reference } }
  page: Sheet
  ref(data?: unknown): Reference
  addNamedEmbeddedFile(name: string, file: Reference): void
}

/** pdfkit's document without its stream: it collects its bytes, and metadata and structure are what its user has made of them. */
export class PdfKit extends PDFDocument {
  /** Made at the first write, which happens in pdfkit's constructor. */
  declare private chunks: Uint8Array[] | undefined

  get catalogue(): Catalogue {
    return this.inner._root.data
  }

  get sheet(): Sheet {
    return this.inner.page
  }

  /** An object that is written at once. @param text  as PDF writes it */
  object(text: string): Reference {
    const reference = this.inner.ref(new Raw(text))
    reference.end()
    return reference
  }

  /** An object that others refer to before it is written by `settle`. */
  reserve(): Reference {
    return this.inner.ref(new Raw(''))
  }

  settle(reference: Reference, text: string): void {
    Object.assign(reference, { data: new Raw(text) })
    reference.end()
  }

  stream(dictionary: Record<string, unknown>, bytes: Uint8Array, how: 'compressed' | 'plain' | 'as it is'): Reference {
    const reference = this.inner.ref(dictionary)
    if (how === 'plain') reference.compress = false
    reference.write(bytes)
    reference.end()
    return reference
  }

  nameFile(name: string, file: Reference): void {
    this.inner.addNamedEmbeddedFile(name, file)
  }

  finish(): Buffer {
    this.end()
    return Buffer.concat(this.chunks ?? [])
  }

  /** pdfkit's own output: faster than its stream, and synchronous. */
  protected _write(data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? Buffer.from(`${data}\n`, 'latin1') : data
    this.chunks ??= []
    this.chunks.push(bytes)
    this.inner._offset += bytes.length
  }

  /** Made by PdfFile. */
  override endMarkings(): void {}
  override endMetadata(): void {}

  private get inner(): Inner {
    return this as unknown as Inner
  }
}
