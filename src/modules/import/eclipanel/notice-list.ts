import type { ImportNotice, RowKind } from '../import-row.js'

/** Collects what the operator should know, with one entry per sentence. */
export class NoticeList {
  readonly #notices = new Map<string, ImportNotice>()

  add(kind: RowKind, text: string, id: string): void {
    const key = `${kind} ${text}`
    const notice = this.#notices.get(key) ?? { kind, text, ids: [] }
    notice.ids.push(id)
    this.#notices.set(key, notice)
  }

  list(): ImportNotice[] {
    return [...this.#notices.values()]
  }
}

/** What the conversion of every row needs. */
export interface Conversion {
  /** Of all amounts: EcliPanel has one currency. */
  readonly currency: string
  /** The time of the import. */
  readonly at: Date
  readonly notices: NoticeList
}
