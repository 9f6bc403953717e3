import { CORE_ERRORS, type ErrorDefinition, NOT_FOUND } from '../core/errors.js'
import { MODULES } from '../modules/modules.js'
import { DATABASE_UNAVAILABLE } from '../platform/postgres/connection-errors.js'
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

/** docs/errors.md. */
export function errorDocumentation(): string {
  const rows = ERROR_DEFINITIONS.map((definition) => {
    const extensions = listExtensions(definition).map(({ name, description }) => `\`${name}\`: ${description}`)
    return `| \`${definition.code}\` | ${definition.status} | ${definition.description} | ${extensions.join('; ')} |`
  })
  return `# Errors

GraphQL returns errors in \`errors[]\`, with the code in \`extensions.code\` and the other extensions next to it.
The REST routes respond with the status. The query \`errorCodes\` lists the codes. Written by \`npm run docs\`.

| code | status of REST | meaning | extensions |
|---|---|---|---|
${rows.join('\n')}
`
}

/** The fields of the extensions with their descriptions. */
export function listExtensions({ extensions }: ErrorDefinition): { name: string; description: string }[] {
  return Object.entries(extensions).map(([name, schema]) => ({ name, description: schema.description ?? '' }))
}
