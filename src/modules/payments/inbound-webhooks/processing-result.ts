/** What has become of an event: parked is what waits for something that is not known yet, such as its user. */
export type ProcessingResult = 'PROCESSED' | { parked: string }
