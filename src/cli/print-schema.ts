import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { configurationTable } from '../config-variables.js'
import { graphQLSchema } from '../graphql/schema.js'
import { openApiDocument } from '../http/rest/openapi.js'
import { command } from './command.js'

const SCHEMA = fileURLToPath(new URL('../../schema.graphql', import.meta.url))
const OPENAPI = fileURLToPath(new URL('../../docs/openapi.json', import.meta.url))
const CONFIGURATION = fileURLToPath(new URL('../../docs/configuration.md', import.meta.url))

/** npm run docs writes schema.graphql, docs/configuration.md and docs/openapi.json; with --check it says what is stale instead. */
await command(async () => {
  const schema = `${printSchema(lexicographicSortSchema(graphQLSchema()))}\n`
  const openApi = `${JSON.stringify(await openApiDocument(), null, 2)}\n`
  const configuration = `# Configuration\n\nAll of it comes from environment variables, read once at start. Written by \`npm run docs\`.\n\n${configurationTable()}`
  for (const [file, content] of [
    [SCHEMA, schema],
    [CONFIGURATION, configuration],
    [OPENAPI, openApi],
  ] as const) {
    if (!process.argv.includes('--check')) await writeFile(file, content)
    else if ((await readFile(file, 'utf8').catch(() => '')) !== content) throw new TypeError(`${file} is stale: run npm run docs`)
  }
})
