/** What takes time: `operation` of GraphQL, `statement` of SQL, `drawing` of a document, `request` over HTTP. */
export type MeasurementKind = 'operation' | 'statement' | 'drawing' | 'request'

/** What is known when it begins, or when it ends; words of ours and of documents, never values of anybody. */
export type MeasurementAttributes = Readonly<Record<string, string | number>>

/** Says that it is over. @param outcome  "ok", or a code of what went wrong */
export type EndMeasurement = (outcome: string, facts?: MeasurementAttributes) => void

/** Told when something begins; gives back who wants to know of its end. */
export type MeasurementObserver = (kind: MeasurementKind, facts: MeasurementAttributes) => EndMeasurement | undefined

const observers = new Set<MeasurementObserver>()
const NOOP: EndMeasurement = () => undefined

/** @returns what stops it */
export function addMeasurementObserver(observer: MeasurementObserver): () => void {
  observers.add(observer)
  return () => observers.delete(observer)
}

/** Something begins. Costs nothing while nobody observes. */
export function startMeasurement(kind: MeasurementKind, facts: MeasurementAttributes): EndMeasurement {
  if (observers.size === 0) return NOOP
  const ends = [...observers].flatMap((observer) => observer(kind, facts) ?? [])
  return (outcome, more) => {
    for (const end of ends) end(outcome, more)
  }
}
