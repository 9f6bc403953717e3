import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { configurationTable } from '../config.js'
import { graphQLSchema } from '../graphql/schema.js'
import { command } from './command.js'

const SCHEMA = fileURLToPath(new URL('../../schema.graphql', import.meta.url))
const CONFIGURATION = fileURLToPath(new URL('../../docs/configuration.md', import.meta.url))

/** npm run docs writes schema.graphql and docs/configuration.md; with --check it says what is stale instead. */
await command(async () => {
  const schema = `${printSchema(lexicographicSortSchema(graphQLSchema()))}\n`
  const configuration = `# Configuration\n\nAll of it comes from environment variables, read once at start. Written by \`npm run docs\`.\n\n${configurationTable()}`
  for (const [file, content] of [
    [SCHEMA, schema],
    [CONFIGURATION, configuration],
  ] as const) {
    if (!process.argv.includes('--check')) await writeFile(file, content)
    else if ((await readFile(file, 'utf8').catch(() => '')) !== content) throw new TypeError(`${file} is stale: run npm run docs`)
  }
})
