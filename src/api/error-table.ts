import { CORE_ERRORS, type ErrorDefinition, NOT_FOUND } from '../core/errors.js'
import { MODULES } from '../modules/modules.js'
import { DATABASE_UNAVAILABLE } from '../platform/postgres/database-errors.js'
import { IDEMPOTENCY_CONFLICT } from '../platform/postgres/idempotency.js'
import { RATE_LIMITED } from '../platform/rate-limit/token-bucket.rules.js'
import { GRAPHQL_ERRORS } from './graphql/graphql.errors.js'

/** Every error that GraphQL and the REST routes return. */
export const ERROR_DEFINITIONS: readonly ErrorDefinition[] = [
  ...CORE_ERRORS,
  ...GRAPHQL_ERRORS,
  IDEMPOTENCY_CONFLICT,
  RATE_LIMITED,
  DATABASE_UNAVAILABLE,
  ...MODULES.flatMap(({ errors = [] }) => errors),
]

/** Without the errors of the REST routes only. */
export const GRAPHQL_ERROR_DEFINITIONS = ERROR_DEFINITIONS.filter((definition) => definition !== NOT_FOUND)

const definitionsByCode = new Map(ERROR_DEFINITIONS.map((definition) => [definition.code, definition]))

export function findErrorDefinition(code: string): ErrorDefinition | undefined {
  return definitionsByCode.get(code)
}

/** The content of docs/errors.md. */
export function errorDocumentation(): string {
  const rows = ERROR_DEFINITIONS.map((definition) => {
    const extensions = listExtensions(definition).map(({ name, description }) => `\`${name}\`: ${description}`)
    return `| \`${definition.code}\` | ${definition.status} | ${definition.description} | ${extensions.join('; ')} |`
  })
  return `# Errors

GraphQL returns errors in \`errors[]\`: the code is \`extensions.code\`, and the other extensions are next to it.
The REST routes respond with the HTTP status. The query \`errorCodes\` lists the codes. \`npm run docs\` generates
this file.

| code | HTTP status | meaning | extensions |
|---|---|---|---|
${rows.join('\n')}
`
}

/** Lists the fields of an error's extensions with their descriptions. */
export function listExtensions({ extensions }: ErrorDefinition): { name: string; description: string }[] {
  return Object.entries(extensions).map(([name, schema]) => ({ name, description: schema.description ?? '' }))
}
