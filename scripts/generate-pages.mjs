// Generates packages/pages/src/generated from schema.graphql and packages/pages/operations: the texts of the operations of
// each page with their types. Fragments are in shared.graphql. With --check, it fails when a file is stale.
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { buildSchema, Kind, parse, print, validate, visit } from 'graphql'
import { operationTypes } from './operation-types.mjs'

const SOURCE = 'packages/pages/operations'
const TARGET = 'packages/pages/src/generated'
const PAGES = ['portal', 'admin']
const HEADER = '// Generated from schema.graphql by npm run docs.\n'
const SUFFIXES = { query: 'Query', mutation: 'Mutation' }

const isCheck = process.argv.includes('--check')
const schemaText = await readFile('schema.graphql', 'utf8')
const schema = buildSchema(schemaText)
const shared = await readFile(`${SOURCE}/shared.graphql`, 'utf8')

/** For servers that run persisted operations only. */
const persisted = []

for (const page of PAGES) await generate(page)
const manifest = { format: 'apollo-persisted-query-manifest', version: 1, operations: persisted }
await write('persisted-operations.json', `${JSON.stringify(manifest, null, 2)}\n`)

async function generate(page) {
  const location = `${SOURCE}/${page}.graphql`
  const operations = withUsedFragments(parse(`${shared}\n${await readFile(location, 'utf8')}`))
  const problems = validate(schema, operations)
  for (const { message } of problems) console.error(`${location}: ${message}`)
  if (problems.length > 0) process.exit(1)
  const types = await operationTypes({ schemaText, location, operations })
  await write(`${page}.ts`, [HEADER, "import { defineOperation } from '../ui/operation'\n", types, constants(operations)].join('\n'))
}

function constants({ definitions }) {
  const fragments = definitions.filter(isFragment)
  return definitions
    .filter((definition) => !isFragment(definition))
    .map((operation) => constant(operation, fragments))
    .join('\n')
}

function constant(operation, fragments) {
  const name = operation.name.value
  const type = `${name}${SUFFIXES[operation.operation]}`
  const used = usedFragments([operation], fragments)
  const text = [operation, ...fragments.filter((fragment) => used.has(fragment.name.value))].map(print).join('\n')
  const shortened = text.replaceAll(/\s+/g, ' ')
  const id = createHash('sha256').update(shortened).digest('hex')
  persisted.push({ id, name, type: operation.operation, body: shortened })
  return `export const ${name} = /* @__PURE__ */ defineOperation<${type}, ${type}Variables>(${JSON.stringify(shortened)})\n`
}

/** The fragments of the other page would be invalid, because nothing uses them. */
function withUsedFragments(document) {
  const fragments = document.definitions.filter(isFragment)
  const used = usedFragments(
    document.definitions.filter((definition) => !isFragment(definition)),
    fragments,
  )
  return { ...document, definitions: document.definitions.filter((each) => !isFragment(each) || used.has(each.name.value)) }
}

/** @returns the names of the fragments that the definitions contain, with those that they contain */
function usedFragments(definitions, fragments, found = new Set()) {
  for (const definition of definitions) {
    visit(definition, {
      FragmentSpread: ({ name: { value } }) => {
        if (found.has(value)) return
        found.add(value)
        usedFragments(
          fragments.filter(({ name }) => name.value === value),
          fragments,
          found,
        )
      },
    })
  }
  return found
}

function isFragment({ kind }) {
  return kind === Kind.FRAGMENT_DEFINITION
}

async function write(name, content) {
  const file = `${TARGET}/${name}`
  const isCurrent = (await readFile(file, 'utf8').catch(() => '')) === content
  if (isCurrent) return
  if (!isCheck) return writeFile(file, content)
  console.error(`${file} is stale: run npm run docs`)
  process.exitCode = 1
}
