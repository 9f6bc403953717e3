// Generates src/database/generated from prisma/schema.prisma: what `prisma generate` does. Prisma's command line is not a
// dependency, because it brings Studio, a MySQL driver and a second PostgreSQL that nothing here uses.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
// Their CommonJS builds: the ES modules of 7.10 import files without extensions, which Node does not find.
const { PrismaClientTsGenerator } = require('@prisma/client-generator-ts')
const { getGenerators, loadSchemaContext } = require('@prisma/internals')

const schemaContext = await loadSchemaContext({ schemaPath: { cliProvidedPath: 'prisma/schema.prisma' }, printLoadMessage: false })
const registry = { 'prisma-client': { type: 'in-process', generator: new PrismaClientTsGenerator() } }
const generators = await getGenerators({ schemaContext, registry, skipDownload: true, cliCommand: '' })
for (const generator of generators) {
  await generator.generate()
  generator.stop()
}
