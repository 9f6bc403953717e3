/**
 * Result of processing an event. A parked event waits for something unknown, such as its user; the text is
 * the reason.
 */
export type ProcessingResult = 'PROCESSED' | { parked: string }
