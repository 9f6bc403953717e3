/**
 * What is measured: a GraphQL operation, an SQL statement, the drawing of an
 * invoice document, an HTTP request.
 */
export type MeasurementKind = 'operation' | 'statement' | 'drawing' | 'request'

/**
 * Attributes of a measurement. They contain names from the code and from operations, never values of users.
 */
export type MeasurementAttributes = Readonly<Record<string, string | number>>

/** Ends a measurement. @param outcome  "ok" or an error code */
export type EndMeasurement = (outcome: string, attributes?: MeasurementAttributes) => void

/**
 * Called at the start of a measurement.
 * @returns a callback for its end, or undefined to ignore the measurement
 */
export type MeasurementObserver = (kind: MeasurementKind, attributes: MeasurementAttributes) => EndMeasurement | undefined

let observers: readonly MeasurementObserver[] = []
const NOOP: EndMeasurement = () => undefined

/** @returns a function that removes the observer */
export function addMeasurementObserver(observer: MeasurementObserver): () => void {
  observers = [...observers, observer]
  return () => {
    observers = observers.filter((each) => each !== observer)
  }
}

/** Starts a measurement. Has no cost without observers, and little with one. */
export function startMeasurement(kind: MeasurementKind, attributes: MeasurementAttributes): EndMeasurement {
  const [first, second] = observers
  if (!first) return NOOP
  if (!second) return first(kind, attributes) ?? NOOP
  const ends = observers.flatMap((observer) => observer(kind, attributes) ?? [])
  return (outcome, endAttributes) => {
    for (const end of ends) end(outcome, endAttributes)
  }
}
