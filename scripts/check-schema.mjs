// npm run lint:schema, after graphql-eslint: checks that the schema breaks no clients of the released schema
// except on purpose, and that the cookbook covers it.
import { readFile } from 'node:fs/promises'
import { CriticalityLevel, coverage, diff, validate } from '@graphql-inspector/core'
import { buildSchema, Source } from 'graphql'

const read = (path) => readFile(new URL(`../${path}`, import.meta.url), 'utf8')
const RELEASED = 'tests/released-schema.graphql'
const COOKBOOK = 'docs/cookbook.graphql'

/** Intended breaking changes of the released schema, with the reason. */
const INTENDED_BREAKS = new Map([
  [
    "Field 'user' was removed from object type 'Order'",
    "it exposed a colleague's other organisations, plan and limits to everybody who can view the order; `Order.buyer` replaces it",
  ],
])

const schema = buildSchema(await read('schema.graphql'))
const problems = []

const breaks = (await diff(buildSchema(await read(RELEASED)), schema))
  .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
  .map(({ message }) => message)
for (const message of breaks) if (!INTENDED_BREAKS.has(message)) problems.push(`breaks clients: ${message}`)
for (const message of INTENDED_BREAKS.keys()) {
  if (!breaks.includes(message))
    problems.push(`remove from INTENDED_BREAKS, because the schema no longer has this breaking change: ${message}`)
}

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
