import { type ParseArgsConfig, parseArgs } from 'node:util'
import { BAD_USER_INPUT, DomainError, StartError } from '../core/errors.js'
import { dataDirProblem } from '../platform/postgres/embedded/data-dir.js'
import { PostgresGuard } from '../platform/postgres/embedded/postmaster.js'

type CommandOptions = NonNullable<ParseArgsConfig['options']>
type ParsedValues<T extends CommandOptions> = ReturnType<typeof parseArgs<{ options: T }>>['values']

interface CommandDefinition<T extends CommandOptions> {
  /** Printed by --help and after usage errors. */
  usage: string
  options: T
}

/** The arguments of a command are invalid. Printed as one line, followed by the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Stops a PostgreSQL that the command has started, also on Ctrl-C. */
export const postgresGuard = new PostgresGuard()

const EXIT_INTERRUPTED = 130

/**
 * Runs a CLI command. Errors that the operator can fix are printed as one line without a stack trace.
 * @param work  receives the parsed options
 */
export async function command<T extends CommandOptions>(
  { usage, options }: CommandDefinition<T>,
  work: (values: ParsedValues<T>) => Promise<void>,
): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interruptCommand)
  try {
    if (isHelpRequested(process.argv.slice(2))) console.log(usage)
    else await work(parseArguments(options))
  } catch (error) {
    console.error(formatCommandError(error, usage))
    process.exitCode = 1
  }
}

function interruptCommand(): void {
  postgresGuard.stopImmediately()
  process.exit(EXIT_INTERRUPTED)
}

function isHelpRequested(parameters: string[]): boolean {
  return parameters.includes('--help') || parameters.includes('-h')
}

/** @throws UsageError */
function parseArguments<T extends CommandOptions>(options: T): ParsedValues<T> {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    // Node.js appends advice about positional arguments, which no command has.
    throw new UsageError(error instanceof Error ? error.message.split('. ')[0] : String(error))
  }
}

function formatCommandError(error: unknown, usage: string): unknown {
  const isUsage = error instanceof UsageError || (error instanceof DomainError && error.is(BAD_USER_INPUT))
  if (isUsage) return `${error.message}\n\n${usage}`
  if (error instanceof StartError || error instanceof DomainError) return error.message
  return dataDirProblem(error, process.env.DATA_DIR?.trim() || 'data')?.message ?? error
}
