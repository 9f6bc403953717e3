// Generates packages/client/src/generated from schema.graphql and packages/client/operations: the documents of
// the operations with their types, the enums, and the cache policies for Apollo Client and urql. With --check,
// it fails when a file is stale.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { buildSchema, isAbstractType, isEnumType, isLeafType, isListType, isNonNullType, isObjectType, parse, validate } from 'graphql'
import { documentConstants } from './client-documents.mjs'
import { operationTypes, SCALARS } from './operation-types.mjs'

const SOURCE = 'packages/client/operations'
const TARGET = 'packages/client/src/generated'
const HEADER = '// Generated from schema.graphql by npm run docs.\n'
/** Enums and types that the client needs in addition to those of its operations. */
const EXPORTED_ENUMS = ['ErrorCode', 'EventType']
const EXPORTED_TYPES = ['Limits']
const BUILT_IN_SCALARS = { Boolean: 'boolean', Float: 'number', ID: 'string', Int: 'number', String: 'string' }

const isCheck = process.argv.includes('--check')
const schemaText = await readFile('schema.graphql', 'utf8')
const schema = buildSchema(schemaText)
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('_'))
const sources = (await readdir(SOURCE)).sort()
const text = (await Promise.all(sources.map((file) => readFile(`${SOURCE}/${file}`, 'utf8')))).join('\n')
const operations = parse(text)
const problems = validate(schema, operations)
if (problems.length > 0) {
  for (const { message } of problems) console.error(`${SOURCE}: ${message}`)
  process.exit(1)
}

const imports = "import { createDocument, type Fragment, type TypedDocument } from '../document.js'\n"
await write(
  'operations.ts',
  [HEADER, imports, await operationTypes({ schemaText, location: SOURCE, operations }), documentConstants(operations)].join('\n'),
)
await write('schema.ts', `${HEADER}\n${[...EXPORTED_ENUMS.map(enumType), ...EXPORTED_TYPES.map(objectType)].join('\n')}`)
await write('cache.ts', cacheModule())

function enumType(name) {
  const values = schema.getType(name).getValues()
  const lines = values.map(({ name: value, description }) => `  /** ${description} */\n  | '${value}'`)
  return `/** ${schema.getType(name).description} */\nexport type ${name} =\n${lines.join('\n')}\n`
}

function objectType(name) {
  const fields = Object.values(schema.getType(name).getFields())
  const lines = fields.map((field) => `  /** ${field.description} */\n  ${field.name}: ${outputType(field.type)}`)
  return `/** ${schema.getType(name).description} */\nexport interface ${name} {\n${lines.join('\n')}\n}\n`
}

function outputType(type) {
  if (isNonNullType(type)) return nonNullType(type.ofType)
  return `${nonNullType(type)} | null`
}

function nonNullType(type) {
  if (isListType(type)) return `(${outputType(type.ofType)})[]`
  if (!isLeafType(type) || isEnumType(type)) throw new Error(`${TARGET}/schema.ts cannot contain fields of the type ${type}`)
  return BUILT_IN_SCALARS[type.name] ?? SCALARS[type.name]
}

/** Types without an id belong to the object that contains them. */
function cacheModule() {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const embedded = types.filter((type) => isObjectType(type) && !roots.includes(type) && !('id' in type.getFields()))
  const abstract = types.filter(isAbstractType)
  const possibleTypes = abstract.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)])
  return `${HEADER}
/** The names of the object types that have no id of their own. */
export const EMBEDDED_TYPES = ${array(embedded.map(({ name }) => name).sort())} as const

/** The object types of each interface and union. */
export const POSSIBLE_TYPES: Record<string, string[]> = {
${possibleTypes.map(([name, members]) => `  ${name}: ${array(members.sort())},`).join('\n')}
}
`
}

function array(names) {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`
}

async function write(name, content) {
  const file = `${TARGET}/${name}`
  const isCurrent = (await readFile(file, 'utf8').catch(() => '')) === content
  if (isCurrent) return
  if (!isCheck) return writeFile(file, content)
  console.error(`${file} is stale: run npm run docs`)
  process.exitCode = 1
}
