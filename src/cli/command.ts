import { type ParseArgsConfig, parseArgs } from 'node:util'
import { DomainError, StartError } from '../core/errors.js'
import { dataDirProblem } from '../platform/postgres/embedded/data-dir.js'
import { PostgresGuard } from '../platform/postgres/embedded/postmaster.js'

type CommandOptions = NonNullable<ParseArgsConfig['options']>
type ParsedValues<T extends CommandOptions> = ReturnType<typeof parseArgs<{ options: T }>>['values']

interface CommandDefinition<T extends CommandOptions> {
  /** What --help prints, and what follows the line that says what is wrong with the arguments. */
  usage: string
  options: T
}

/** The arguments of a command are wrong: printed as one line, followed by the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** PostgreSQL that a command has started ends with it, also on Ctrl-C. */
export const postgresGuard = new PostgresGuard()

const EXIT_INTERRUPTED = 130

/**
 * Runs a command of the terminal. What the operator can fix is one line without a stack.
 * @param work  gets the parsed options
 */
export async function command<T extends CommandOptions>(
  { usage, options }: CommandDefinition<T>,
  work: (values: ParsedValues<T>) => Promise<void>,
): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interruptCommand)
  try {
    if (asksForHelp(process.argv.slice(2))) console.log(usage)
    else await work(parseArguments(options))
  } catch (error) {
    console.error(explainUsageError(error, usage))
    process.exitCode = 1
  }
}

function interruptCommand(): void {
  postgresGuard.stopImmediately()
  process.exit(EXIT_INTERRUPTED)
}

function asksForHelp(parameters: string[]): boolean {
  return parameters.includes('--help') || parameters.includes('-h')
}

/** @throws UsageError */
function parseArguments<T extends CommandOptions>(options: T): ParsedValues<T> {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    // Node adds advice about positional arguments, which no command has.
    throw new UsageError(error instanceof Error ? error.message.split('. ')[0] : String(error))
  }
}

function explainUsageError(error: unknown, usage: string): unknown {
  const isUsage = error instanceof UsageError || (error instanceof DomainError && error.code === 'BAD_USER_INPUT')
  if (isUsage) return `${error.message}\n\n${usage}`
  if (error instanceof StartError || error instanceof DomainError) return error.message
  return dataDirProblem(error, process.env.DATA_DIR?.trim() || 'data')?.message ?? error
}
