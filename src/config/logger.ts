import { type DestinationStream, type Logger, pino } from 'pino'
import pretty, { type PrettyOptions } from 'pino-pretty'

/** Structured: readable in a terminal, otherwise a line of JSON each. Never with a token, a cookie or a signature. */
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

/** What the line of a request says in its message, and what every line would repeat. */
const NOT_REPEATED = 'pid,hostname,time,level,reqId,method,route,status,ms,caller,operation'

/** One line for each event: `12:00:01 INFO request POST /graphql 200 3 ms user:55 query Plans`; stacks follow below theirs. */
export function prettyStream(options: PrettyOptions): DestinationStream {
  return pretty({ singleLine: true, ignore: NOT_REPEATED, messageFormat, sync: true, ...options })
}

const { warn: WARN = 40, error: ERROR = 50 } = pino.levels.values
const CONTROL_CHARACTERS = /\p{Cc}/gu

type Format = Exclude<PrettyOptions['messageFormat'], string | false | undefined>

const messageFormat: Format = (log, messageKey, _levelLabel, { colors }) => {
  const time = new Date(Number(log.time)).toTimeString().slice(0, 8)
  const level = Number(log.level)
  const name = levelName(level)
  const { method, route, status, ms, caller, operation, reqId } = log
  const request = method === undefined ? [] : [method, route, status, `${ms} ms`, caller, operation]
  // A client that reports a problem names the id of its request.
  const id = level >= WARN ? [reqId] : []
  const text = [log[messageKey], ...request, ...id].filter((part) => part !== undefined).join(' ')
  const painted = level >= ERROR ? colors.red(name) : level >= WARN ? colors.yellow(name) : name
  return `${time} ${painted} ${text.replaceAll(CONTROL_CHARACTERS, ' ')}`
}

function levelName(level: number): string {
  return (pino.levels.labels[level] ?? 'info').toUpperCase()
}
