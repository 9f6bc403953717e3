/** What a customer has reported in the system from which its order was imported. */
interface ImportedReport {
  /** Id of the payment method there. */
  readonly method?: string | undefined
  /** What the customer stated, such as the id of a transaction. */
  readonly reference?: string | undefined
}

/** Start of the line in an order's notes that stores a reported payment. */
export const IMPORTED_REPORT = 'The customer has reported the payment in EcliPanel'

const LINE = new RegExp(`^${IMPORTED_REPORT}(?:, method (?<method>.*?))?(?:, reference (?<reference>.*))?$`, 'm')

/** The line in an order's notes that `parseImportedReport` reads. Both values must be single lines. */
export function importedReportNote({ method, reference }: ImportedReport): string {
  return [IMPORTED_REPORT, method && `method ${method}`, reference && `reference ${reference}`].filter(Boolean).join(', ')
}

/** @returns undefined if the notes of an order mention no reported payment */
export function parseImportedReport(notes: string): ImportedReport | undefined {
  return LINE.exec(notes)?.groups
}
