// The commands of quittance that a checkout has in addition to those for operators (src/cli/commands.ts).
import { defineCommand } from '../dist/cli/command.js'

export const DEVELOPMENT_COMMANDS = {
  documents: defineCommand({
    summary: "Write the manifest of a client's persisted operations",
    details: 'Reads operations in .graphql files and in gql`…`, graphql`…` or /* GraphQL */ `…`.',
    positionals: '<files>',
    options: {
      out: { type: 'string', value: 'file', about: 'the manifest to write, persisted-operations.json by default' },
      schema: { type: 'string', value: 'file', about: 'the schema of the server', default: 'schema.graphql' },
    },
    examples: ["'src/**/*.{graphql,ts,tsx}'"],
    load: async () => (await import('./documents.mjs')).writeManifest,
  }),
  'print-schema': defineCommand({
    summary: 'Write schema.graphql and the other files that are generated from the source',
    options: { check: { type: 'boolean', about: 'write nothing, and fail if one of them is stale' } },
    load: async () => (await import('../dist/cli/print-schema.js')).writeGeneratedFiles,
  }),
  'db-diff': defineCommand({
    summary: 'Write the migration from the existing migrations to prisma/schema.prisma',
    options: { name: { type: 'string', value: 'name', about: 'what the migration does, in a few words', required: true } },
    examples: ['--name add-coupons'],
    load: async () => (await import('./db-diff.mjs')).writeMigration,
  }),
}
