/** What takes time: `operation` of GraphQL, `statement` of SQL, `drawing` of a document, `request` over HTTP. */
export type Kind = 'operation' | 'statement' | 'drawing' | 'request'

/** What is known when it begins, or when it ends; words of ours and of documents, never values of anybody. */
export type Facts = Readonly<Record<string, string | number>>

/** Says that it is over. @param outcome  "ok", or a code of what went wrong */
export type End = (outcome: string, facts?: Facts) => void

/** Told when something begins; gives back who wants to know of its end. */
export type Observer = (kind: Kind, facts: Facts) => End | undefined

const observers = new Set<Observer>()
const nobody: End = () => undefined

/** @returns what stops it */
export function observe(observer: Observer): () => void {
  observers.add(observer)
  return () => observers.delete(observer)
}

/** Something begins. Costs nothing while nobody observes. */
export function begin(kind: Kind, facts: Facts): End {
  if (observers.size === 0) return nobody
  const ends = [...observers].flatMap((observer) => observer(kind, facts) ?? [])
  return (outcome, more) => {
    for (const end of ends) end(outcome, more)
  }
}
