import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

/** Structured: readable in a terminal, a line of JSON each otherwise. Never with a token, a cookie or a signature. */
export function createLogger(level: string): Logger {
  const options = {
    level,
    redact: ['req.headers.authorization', 'req.headers.cookie', '*.token', '*.secret', '*.signature'],
    serializers: { req: (request: { method: string; id: string }) => ({ method: request.method, id: request.id }) },
  }
  if (!process.stdout.isTTY) return pino(options)
  return pino(options, pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss', sync: true }))
}
