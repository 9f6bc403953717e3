// npm run documents -- 'src/**/*.{graphql,ts,tsx}': writes the operations of a client as a manifest of
// persisted operations.
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { CodeFileLoader } from '@graphql-tools/code-file-loader'
import { GraphQLFileLoader } from '@graphql-tools/graphql-file-loader'
import { loadDocuments, loadSchema } from '@graphql-tools/load'
import { Kind, print, separateOperations, validate } from 'graphql'

const USAGE = `npm run documents -- 'src/**/*.{graphql,ts,tsx}'    files with operations, in .graphql or in gql\`…\`, graphql\`…\` or /* GraphQL */ \`…\`
  --out trusted-documents.json                       the manifest to write
  --schema schema.graphql                            the schema of the server`

const { values, positionals } = parseParameters()
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}
if (positionals.length === 0) fail(`no files: pass the files of the client\n\n${USAGE}`)

const loaders = [new GraphQLFileLoader(), new CodeFileLoader()]
const schema = await loadSchema(values.schema, { loaders })
const sources = await loadDocuments(positionals, { loaders }).catch((error) => fail(error.message))
const all = { kind: Kind.DOCUMENT, definitions: sources.flatMap(({ document }) => document.definitions) }
const names = all.definitions.map(({ name }) => name?.value)
for (const [index, name] of names.entries()) {
  if (!name) fail(`${sources[0].location}: every operation needs a name`)
  if (names.indexOf(name) !== index) fail(`"${name}" occurs twice: names of operations and fragments must be unique`)
}

const operations = Object.entries(separateOperations(all)).map(([name, document]) => {
  for (const { message } of validate(schema, document)) fail(`${name}: ${message}`)
  const { operation } = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  const body = print(document)
  return { id: createHash('sha256').update(body).digest('hex'), name, type: operation, body }
})
operations.sort((one, other) => (one.name < other.name ? -1 : 1))
await writeFile(values.out, `${JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }, null, 2)}\n`)
console.log(`${operations.length} operations written to ${values.out}; start with TRUSTED_DOCUMENTS=${values.out}`)

function parseParameters() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        out: { type: 'string', default: 'trusted-documents.json' },
        schema: { type: 'string', default: 'schema.graphql' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    return fail(`${error.message.split('. ')[0]}\n\n${USAGE}`)
  }
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
