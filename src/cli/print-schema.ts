import { readFile, writeFile } from 'node:fs/promises'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { errorDocumentation } from '../api/error-table.js'
import { graphQLSchema } from '../api/graphql/schema.js'
import { buildOpenApiDocument } from '../api/rest/openapi.js'
import { configurationTable, environmentExample } from '../config/environment-docs.js'
import { StartError } from '../core/errors.js'
import { projectFile } from '../core/project-file.js'
import { command } from './command.js'

const DOCS_USAGE = `npm run docs    writes schema.graphql, docs/configuration.md, docs/errors.md, docs/openapi.json and .env.example
  --check    writes nothing, and fails if one of them is stale`

const INTRODUCTION = `# Configuration

All of it comes from environment variables, read once at start. Written by \`npm run docs\`.

`

await command({ usage: DOCS_USAGE, options: { check: { type: 'boolean', default: false } } }, async ({ check }) => {
  for (const [name, content] of await generateFiles()) {
    const file = projectFile(name)
    if (!check) await writeFile(file, content)
    else if ((await readFile(file, 'utf8').catch(() => '')) !== content) throw new StartError(`${name} is stale: run npm run docs`)
  }
})

async function generateFiles(): Promise<[name: string, content: string][]> {
  return [
    ['schema.graphql', `${printSchema(lexicographicSortSchema(graphQLSchema()))}\n`],
    ['docs/errors.md', errorDocumentation()],
    ['docs/configuration.md', `${INTRODUCTION}${configurationTable()}`],
    ['docs/openapi.json', `${JSON.stringify(await buildOpenApiDocument(), null, 2)}\n`],
    ['.env.example', environmentExample()],
  ]
}
