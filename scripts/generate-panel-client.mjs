// Generates the typed client of examples/panel as configured in examples/panel/codegen.json. With
// --check, it fails when the files are stale. The newest command line of GraphQL Code Generator
// requires Node 22, so it is not used.
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
// The generated client finds an operation by its literal text, so the indentation must be preserved.
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
