import { type DestinationStream, type Logger, pino } from 'pino'
import pretty, { type PrettyOptions } from 'pino-pretty'

/**
 * Creates the logger: readable lines in a terminal, otherwise JSON lines. Tokens,
 * cookies and signatures are redacted.
 */
export function createLogger(level: string, terminal: NodeJS.WriteStream | undefined = terminalOf(process.stdout)): Logger {
  const options = {
    level,
    redact: ['req.headers.authorization', 'req.headers.cookie', '*.token', '*.secret', '*.signature'],
    serializers: { req: (request: { method: string; id: string }) => ({ method: request.method, id: request.id }) },
  }
  return terminal ? pino(options, prettyStream({ colorize: terminal.hasColors(), destination: terminal })) : pino(options)
}

function terminalOf(stream: NodeJS.WriteStream): NodeJS.WriteStream | undefined {
  return stream.isTTY ? stream : undefined
}

/** Fields that are already in the message of a request line, or that every line would repeat. */
const OMITTED_FIELDS = 'pid,hostname,time,level,reqId,method,route,status,ms,caller,operation'

/**
 * Formats one line per event, `12:00:01 INFO request POST /graphql 200 3 ms user:55 query
 * Plans`, followed by its stack.
 */
export function prettyStream(options: PrettyOptions): DestinationStream {
  return pretty({ singleLine: true, ignore: OMITTED_FIELDS, messageFormat, sync: true, ...options })
}

const { warn: WARN = 40, error: ERROR = 50 } = pino.levels.values
const CONTROL_CHARACTERS = /\p{Cc}/gu

type MessageFormat = Exclude<PrettyOptions['messageFormat'], string | false | undefined>

const messageFormat: MessageFormat = (log, messageKey, _levelLabel, { colors }) => {
  const time = new Date(Number(log.time)).toTimeString().slice(0, 8)
  const level = Number(log.level)
  const name = levelName(level)
  const { method, route, status, ms, caller, operation, reqId } = log
  const request = method === undefined ? [] : [method, route, status, `${ms} ms`, caller, operation]
  // Warnings contain the request id, which clients quote when they report a problem.
  const id = level >= WARN ? [reqId] : []
  const text = [log[messageKey], ...request, ...id].filter((part) => part !== undefined).join(' ')
  const coloredName = level >= ERROR ? colors.red(name) : level >= WARN ? colors.yellow(name) : name
  return `${time} ${coloredName} ${text.replaceAll(CONTROL_CHARACTERS, ' ')}`
}

function levelName(level: number): string {
  return (pino.levels.labels[level] ?? 'info').toUpperCase()
}
