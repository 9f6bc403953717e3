import { readFile, writeFile } from 'node:fs/promises'
import { errorDocumentation } from '../api/error-table.js'
import { printSchemaFile } from '../api/graphql/print-schema.js'
import { clientSchema } from '../api/graphql/schema.js'
import { buildOpenApiDocument } from '../api/rest/openapi.js'
import { configurationTables, environmentExample } from '../config/environment-docs.js'
import { StartError } from '../core/errors.js'
import { projectFile } from '../core/project-file.js'

const INTRODUCTION = `# Configuration

Environment variables configure the server. It reads them once, at start. \`npm run docs\` generates this file.

`

/** Writes the generated files. With `check`, writes nothing. @throws StartError with `check`, when a file is stale */
export async function writeGeneratedFiles({ check }: { check: boolean | undefined }): Promise<void> {
  for (const [name, content] of await generateFiles()) {
    const file = projectFile(name)
    if (!check) await writeFile(file, content)
    else if ((await readFile(file, 'utf8').catch(() => '')) !== content) throw new StartError(`${name} is stale: run npm run docs`)
  }
}

async function generateFiles(): Promise<[name: string, content: string][]> {
  return [
    ['schema.graphql', printSchemaFile(clientSchema())],
    ['docs/errors.md', errorDocumentation()],
    ['docs/configuration.md', `${INTRODUCTION}${configurationTables()}`],
    ['docs/openapi.json', `${JSON.stringify(await buildOpenApiDocument(), null, 2)}\n`],
    ['.env.example', environmentExample()],
  ]
}
