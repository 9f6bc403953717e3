// npm run lint:schema, after graphql-eslint: checks that the schema breaks no clients of the released version,
// unless this is a new major version, and that the cookbook covers it.
import { readFile } from 'node:fs/promises'
import { coverage, validate } from '@graphql-inspector/core'
import { buildSchema, Source } from 'graphql'
import { isBreaking, listChanges, mayBreakClients } from './schema-diff.mjs'

const read = (path) => readFile(new URL(`../${path}`, import.meta.url), 'utf8')
const COOKBOOK = 'docs/cookbook.graphql'

const schema = buildSchema(await read('schema.graphql'))
const problems = []

// In a new major version, docs/schema-changes.md lists them.
if (!mayBreakClients) for (const { message } of (await listChanges()).filter(isBreaking)) problems.push(`breaks clients: ${message}`)

const cookbook = [new Source(await read(COOKBOOK), COOKBOOK)]
for (const { errors, deprecated } of validate(schema, cookbook)) {
  for (const { message } of [...errors, ...deprecated]) problems.push(`${COOKBOOK}: ${message}`)
}

const { types } = coverage(schema, cookbook)
const fields = Object.entries(types).flatMap(([type, { children }]) =>
  Object.entries(children ?? {}).map(([field, { hits }]) => ({ type, field, hits })),
)
const roots = fields.filter(({ type }) => ['Query', 'Mutation', 'Subscription'].includes(type))
for (const { type, field, hits } of roots) if (hits === 0) problems.push(`${COOKBOOK} has no operation for ${type}.${field}`)

for (const problem of problems) console.error(problem)
const covered = fields.filter(({ hits }) => hits > 0).length
console.log(
  `schema: ${problems.length} problems; the cookbook covers ${roots.length} operations and ${covered} of ${fields.length} fields and values`,
)
process.exitCode = problems.length > 0 ? 1 : 0
