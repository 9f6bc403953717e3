// npm run lint:schema, after graphql-eslint: the schema breaks no client of the released one, and the cookbook shows all of it.
import { readFile } from 'node:fs/promises'
import { CriticalityLevel, coverage, diff, validate } from '@graphql-inspector/core'
import { buildSchema, Source } from 'graphql'

const read = (path) => readFile(new URL(`../${path}`, import.meta.url), 'utf8')
const RELEASED = 'tests/released-schema.graphql'
const COOKBOOK = 'docs/cookbook.graphql'

const schema = buildSchema(await read('schema.graphql'))
const problems = []

for (const { criticality, message } of await diff(buildSchema(await read(RELEASED)), schema)) {
  if (criticality.level === CriticalityLevel.Breaking) problems.push(`breaks clients: ${message}`)
}

const cookbook = [new Source(await read(COOKBOOK), COOKBOOK)]
for (const { errors, deprecated } of validate(schema, cookbook)) {
  for (const { message } of [...errors, ...deprecated]) problems.push(`${COOKBOOK}: ${message}`)
}

const { types } = coverage(schema, cookbook)
const fields = Object.entries(types).flatMap(([type, { children }]) =>
  Object.entries(children ?? {}).map(([field, { hits }]) => ({ type, field, hits })),
)
const roots = fields.filter(({ type }) => ['Query', 'Mutation', 'SubscriptionRoot'].includes(type))
for (const { type, field, hits } of roots) if (hits === 0) problems.push(`${COOKBOOK} has no operation for ${type}.${field}`)

for (const problem of problems) console.error(problem)
const covered = fields.filter(({ hits }) => hits > 0).length
console.log(
  `schema: ${problems.length} problems; the cookbook shows ${roots.length} operations and ${covered} of ${fields.length} fields and values`,
)
process.exitCode = problems.length > 0 ? 1 : 0
