/** A node of the document's structure, which screen readers and programs that extract tables use. */
export class Tag {
  readonly type: TagType
  readonly kids: (Tag | MarkedContent)[] = []
  /** Attributes in PDF syntax, such as the scope of a header cell. */
  readonly attributes: string
  readonly alternative: string | undefined

  constructor(type: TagType, { attributes = '', alternative }: { attributes?: string; alternative?: string | undefined } = {}) {
    this.type = type
    this.attributes = attributes
    this.alternative = alternative
  }

  /** Appends a child. Tags must be added in reading order. */
  add(type: TagType, options: { attributes?: string; alternative?: string } = {}): Tag {
    const tag = new Tag(type, options)
    this.kids.push(tag)
    return tag
  }
}

/** Source: ISO 32000-1, 14.8.4. */
export type TagType = 'Document' | 'Sect' | 'H1' | 'H2' | 'P' | 'Table' | 'THead' | 'TBody' | 'TR' | 'TH' | 'TD' | 'Figure' | 'Lbl' | 'Link'

/** Marks content that is not part of the text: rules, repeated headers, page numbers. */
export const ARTIFACT = 'Artifact'

/** A part of a page that belongs to a tag. */
export interface MarkedContent {
  readonly page: number
  readonly mark: number
}

export const COLUMN_HEADER = { attributes: '<</O/Table/Scope/Column>>' }
export const ROW_HEADER = { attributes: '<</O/Table/Scope/Row>>' }
