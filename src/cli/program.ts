import { readFileSync } from 'node:fs'
import { BAD_USER_INPUT, DomainError, StartError } from '../core/errors.js'
import { PROGRAM, projectFile } from '../core/project-file.js'
import { dataDirProblem } from '../platform/postgres/embedded/data-dir.js'
import { formatRows, type ProgramCommand, postgresGuard, UsageError } from './command.js'

type Commands = Readonly<Record<string, ProgramCommand>>

const EXIT_INTERRUPTED = 130

/**
 * Runs the program `quittance` with one of the commands. Errors that the operator can fix are printed as one
 * line without a stack trace.
 */
export async function runProgram(commands: Commands, [name, ...parameters] = process.argv.slice(2)): Promise<void> {
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (name !== undefined && command) return runProgramCommand(name, command, parameters)
  if (name === '--help' || name === '-h') console.log(programHelp(commands))
  else if (name === '--version') console.log(packageVersion())
  else fail(name === undefined ? programHelp(commands) : unknownMessage(name, Object.keys(commands)))
}

async function runProgramCommand(name: string, command: ProgramCommand, parameters: string[]): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interruptCommand)
  try {
    if (parameters.includes('--help') || parameters.includes('-h')) console.log(command.help(name))
    else await command.run(parameters)
  } catch (error) {
    fail(formatCommandError(error, command.help(name)))
  }
}

function interruptCommand(): void {
  postgresGuard.stopImmediately()
  process.exit(EXIT_INTERRUPTED)
}

function fail(message: unknown): void {
  console.error(message)
  process.exitCode = 1
}

function formatCommandError(error: unknown, help: string): unknown {
  const isUsage = error instanceof UsageError || (error instanceof DomainError && error.is(BAD_USER_INPUT))
  if (isUsage) return `${error.message}\n\n${help}`
  if (error instanceof StartError || error instanceof DomainError) return error.message
  return dataDirProblem(error, process.env.DATA_DIR?.trim() || 'data')?.message ?? error
}

function programHelp(commands: Commands): string {
  const rows = Object.entries(commands).map(([name, { summary }]): [string, string] => [name, summary])
  return [
    `Usage: ${PROGRAM} <command> [options]`,
    `Commands:\n${formatRows(rows)}`,
    `Options:\n${formatRows([
      ['-h, --help', 'print this help; after a command, the help of that command'],
      ['--version', 'print the version'],
    ])}`,
  ].join('\n\n')
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { version: string }
  return version
}

function unknownMessage(name: string, commands: readonly string[]): string {
  if (name.startsWith('-')) return `Unknown option '${name}': see ${PROGRAM} --help`
  const nearest = nearestCommand(name, commands)
  return `Unknown command '${name}': ${nearest ? `did you mean ${nearest}?` : `see ${PROGRAM} --help`}`
}

/** Returns the command that shares the longest prefix with the name, at least three characters. */
function nearestCommand(name: string, commands: readonly string[]): string | undefined {
  const prefixes = Array.from(name, (_, index) => name.slice(0, name.length - index)).filter(({ length }) => length >= 3)
  return prefixes.flatMap((prefix) => commands.filter((command) => command.startsWith(prefix)))[0]
}
