/** Writes one structured log line: its fields and its message. The process writes them with pino. */
type WriteLine = (details: object, message: string) => void

/** The port for logging that every layer uses. */
export interface Logger {
  readonly debug: WriteLine
  readonly info: WriteLine
  readonly warn: WriteLine
  readonly error: WriteLine
}
