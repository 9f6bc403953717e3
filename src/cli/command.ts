import { parseArgs } from 'node:util'
import { PROGRAM } from '../core/project-file.js'
import { PostgresGuard } from '../platform/postgres/embedded/postmaster.js'

interface StringOption {
  type: 'string'
  /** Placeholder of the value in the help, for example "id". */
  value: string
  about: string
  default?: string
  required?: true
}

interface BooleanOption {
  type: 'boolean'
  about: string
}

type CommandOptions = Readonly<Record<string, StringOption | BooleanOption>>

type ParsedValue<T> = T extends { type: 'boolean' }
  ? boolean | undefined
  : T extends { required: true } | { default: string }
    ? string
    : string | undefined

type Work<T extends CommandOptions> = (values: { [K in keyof T]: ParsedValue<T[K]> }, positionals: string[]) => Promise<void>

interface CommandDefinition<T extends CommandOptions> {
  /** One imperative sentence without the period. */
  summary: string
  /** Further sentences of the help. */
  details?: string
  /** Placeholder of positional arguments, if the command accepts them. */
  positionals?: string
  options: T
  /** Arguments to show in the help. */
  examples?: readonly string[]
  /** Imports the implementation, so that the help and other commands do not load it. */
  load: () => Promise<Work<T>>
}

export interface ProgramCommand {
  summary: string
  /** The text of --help. */
  help(name: string): string
  /** @throws UsageError */
  run(parameters: string[]): Promise<void>
}

/** The arguments of a command are invalid. Printed as one line, followed by the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Stops a PostgreSQL that the command has started, also on Ctrl-C. */
export const postgresGuard = new PostgresGuard()

export function defineCommand<T extends CommandOptions>(definition: CommandDefinition<T>): ProgramCommand {
  return {
    summary: definition.summary,
    help: (name) => formatHelp(name, definition),
    run: async (parameters) => {
      const { values, positionals } = parseCommandLine(definition, parameters)
      const work = await definition.load()
      await work(values, positionals)
    },
  }
}

/** @throws UsageError */
function parseCommandLine<T extends CommandOptions>({ options, positionals }: CommandDefinition<T>, args: string[]) {
  const parsed = tryParseArgs({ args, options, allowPositionals: positionals !== undefined })
  const missing = Object.keys(options).find((name) => isRequired(options[name]) && !parsed.values[name])
  if (missing) throw new UsageError(`--${missing} is required`)
  return { positionals: parsed.positionals, values: parsed.values as Parameters<Work<T>>[0] }
}

function tryParseArgs(config: { args: string[]; options: CommandOptions; allowPositionals: boolean }) {
  try {
    return parseArgs(config)
  } catch (error) {
    // Node.js appends advice about arguments that start with a dash.
    throw new UsageError(error instanceof Error ? error.message.split('. ')[0] : String(error))
  }
}

function isRequired(option: StringOption | BooleanOption | undefined): boolean {
  return option?.type === 'string' && option.required === true
}

function formatHelp<T extends CommandOptions>(
  name: string,
  { summary, details, positionals, options, examples = [] }: CommandDefinition<T>,
) {
  const entries = Object.entries(options).map(([option, declaration]) => ({ flag: formatFlag(option, declaration), declaration }))
  const required = entries.filter(({ declaration }) => isRequired(declaration)).map(({ flag }) => flag)
  const usage = [
    `Usage: ${PROGRAM}`,
    name,
    ...required,
    ...(positionals ? [positionals] : []),
    ...(entries.length > 0 ? ['[options]'] : []),
  ]
  const rows = entries.map(({ flag, declaration }): [string, string] => [flag, describeOption(declaration)])
  const sections = [
    usage.join(' '),
    `${summary}.${details ? `\n${details}` : ''}`,
    `Options:\n${formatRows([...rows, ['-h, --help', 'print this help']])}`,
    ...(examples.length > 0 ? [`Examples:\n${examples.map((example) => `  ${PROGRAM} ${name} ${example}`).join('\n')}`] : []),
  ]
  return sections.join('\n\n')
}

function formatFlag(name: string, option: StringOption | BooleanOption): string {
  return option.type === 'string' ? `--${name} <${option.value}>` : `--${name}`
}

function describeOption(option: StringOption | BooleanOption): string {
  return option.type === 'string' && option.default !== undefined ? `${option.about} (default: ${option.default})` : option.about
}

/** Formats two columns, indented. */
export function formatRows(rows: readonly (readonly [name: string, about: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`).join('\n')
}
