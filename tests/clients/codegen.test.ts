import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { preset } from '@graphql-codegen/client-preset'
import { codegen } from '@graphql-codegen/core'
import { CodeFileLoader } from '@graphql-tools/code-file-loader'
import { loadDocuments } from '@graphql-tools/load'
import { buildSchema, parse } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCatalog } from '../support/catalog.js'
import { startServer, type TestServer } from '../support/server.js'
import { compileProject, copyProject } from './project.js'

let server: TestServer
let folder: string

beforeAll(async () => {
  server = await startServer()
  await createCatalog(server)
  folder = await copyProject('codegen')
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

/** Does what the command line of GraphQL Code Generator does. Its newest version requires Node 22. */
async function generate(): Promise<void> {
  const config = JSON.parse(await readFile(join(folder, 'codegen.json'), 'utf8'))
  const schemaText = await readFile(join(folder, config.schema), 'utf8')
  const loaders = [new CodeFileLoader()]
  // The generated client finds an operation by its literal text, so the indentation must be preserved.
  const documents = await loadDocuments(config.documents, { loaders, cwd: folder, pluckConfig: { skipIndent: true } })
  for (const [target, { config: pluginConfig, presetConfig }] of Object.entries<any>(config.generates)) {
    const outputs = await preset.buildGeneratesSection({
      baseOutputDir: `${join(folder, target)}/`,
      schema: parse(schemaText),
      schemaAst: buildSchema(schemaText),
      documents,
      config: pluginConfig,
      presetConfig,
      plugins: [],
      pluginMap: {},
    })
    for (const output of outputs) {
      await mkdir(dirname(output.filename), { recursive: true })
      await writeFile(output.filename, await codegen(output))
    }
  }
}

test('the client preset generates an operation that compiles strictly and runs', async () => {
  await generate()
  await compileProject(folder)
  const { describeLimits } = await import(join(folder, 'dist/limits.js'))
  expect(await describeLimits(server.url, await server.token(55))).toBe('user_55: 1 servers')
})
