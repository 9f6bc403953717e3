import type { TourResults } from '../tour-results'

/** A step of the tour: an operation that runs without edits, with variables from earlier steps. */
export interface Step {
  /** Name of the operation. */
  operation: string
  title: string
  /** Identity that it needs. Opening the step selects it. */
  identity: 'anonymous' | 'customer' | 'administrator'
  /** What the step does and what to look at. */
  text: string
  query: string
  variables?(results: TourResults): object
  /** Whether the variables depend on the server's time, which is read when the step is opened. */
  readsClock?: boolean
  /** Extracts what later steps need from the response. */
  readResults?(data: unknown): Partial<TourResults>
  /** Result of an earlier step that this step requires, and the hint shown while it is missing. */
  needs?: { key: keyof TourResults; hint: string }
}

/** A user of the demo data. */
export const CUSTOMER = '55'
