// Writes the typed client of examples/panel, as examples/panel/codegen.json describes it; with --check it fails when the
// files are stale. GraphQL Code Generator's command line does the same, but its newest versions need Node 22.
import { readFile, writeFile } from 'node:fs/promises'
import { preset } from '@graphql-codegen/client-preset'
import { codegen } from '@graphql-codegen/core'
import { CodeFileLoader } from '@graphql-tools/code-file-loader'
import { GraphQLFileLoader } from '@graphql-tools/graphql-file-loader'
import { loadDocuments, loadSchema } from '@graphql-tools/load'
import { parse, printSchema } from 'graphql'

const isCheck = process.argv.includes('--check')
const { schema: schemaFile, documents: patterns, generates } = JSON.parse(await readFile('examples/panel/codegen.json', 'utf8'))
const loaders = [new GraphQLFileLoader(), new CodeFileLoader()]
const schemaAst = await loadSchema(schemaFile, { loaders })
// The client is found by its literal text.
const documents = await loadDocuments(patterns, { loaders, pluckConfig: { skipIndent: true } })

for (const [baseOutputDir, { config, presetConfig }] of Object.entries(generates)) {
  const schema = parse(printSchema(schemaAst))
  const outputs = await preset.buildGeneratesSection({
    baseOutputDir,
    schema,
    schemaAst,
    documents,
    config,
    presetConfig,
    plugins: [],
    pluginMap: {},
  })
  for (const output of outputs) await write(output.filename, await codegen(output))
}

async function write(file, content) {
  const isCurrent = (await readFile(file, 'utf8').catch(() => '')) === content
  if (isCurrent) return
  if (!isCheck) return writeFile(file, content)
  console.error(`${file} is stale: run npm run docs`)
  process.exitCode = 1
}
