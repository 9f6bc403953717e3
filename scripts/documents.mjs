// npx quittance documents 'src/**/*.{graphql,ts,tsx}': writes the operations of a client as a manifest of
// persisted operations.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { CodeFileLoader } from '@graphql-tools/code-file-loader'
import { GraphQLFileLoader } from '@graphql-tools/graphql-file-loader'
import { loadDocuments, loadSchema } from '@graphql-tools/load'
import { Kind, print, separateOperations, validate } from 'graphql'
import { UsageError } from '../dist/cli/command.js'
import { StartError } from '../dist/core/errors.js'

const DEFAULT_MANIFEST = 'persisted-operations.json'
/** The default of earlier versions. */
const PREVIOUS_MANIFEST = 'trusted-documents.json'

export async function writeManifest({ out = defaultManifest(), schema: schemaFile }, files) {
  if (files.length === 0) throw new UsageError('no files: pass the files of the client')
  const loaders = [new GraphQLFileLoader(), new CodeFileLoader()]
  const schema = await loadSchema(schemaFile, { loaders })
  const sources = await loadDocuments(files, { loaders }).catch((error) => {
    throw new StartError(error.message)
  })
  const operations = operationsOf(sources, schema)
  await writeFile(out, `${JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }, null, 2)}\n`)
  console.log(`${operations.length} operations written to ${out}; start with PERSISTED_OPERATIONS=${out}`)
}

function defaultManifest() {
  if (!existsSync(PREVIOUS_MANIFEST)) return DEFAULT_MANIFEST
  console.warn(`${PREVIOUS_MANIFEST} exists and is written again; from 1.0 on, ${DEFAULT_MANIFEST} is written unless --out is given`)
  return PREVIOUS_MANIFEST
}

/** @throws StartError when an operation does not match the schema, has no name or occurs twice */
function operationsOf(sources, schema) {
  const all = { kind: Kind.DOCUMENT, definitions: sources.flatMap(({ document }) => document.definitions) }
  const names = all.definitions.map(({ name }) => name?.value)
  for (const [index, name] of names.entries()) {
    if (!name) throw new StartError(`${sources[0].location}: every operation needs a name`)
    if (names.indexOf(name) !== index) throw new StartError(`"${name}" occurs twice: names of operations and fragments must be unique`)
  }
  const operations = Object.entries(separateOperations(all)).map(([name, document]) => {
    for (const { message } of validate(schema, document)) throw new StartError(`${name}: ${message}`)
    const { operation } = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    const body = print(document)
    return { id: createHash('sha256').update(body).digest('hex'), name, type: operation, body }
  })
  return operations.sort((one, other) => (one.name < other.name ? -1 : 1))
}
