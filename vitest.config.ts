import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { useBuiltServer } from './tests/support/built-server.js'
import { LongFilesFirst } from './tests/support/long-files-first.js'
import { temporaryFolder } from './tests/support/temporary-folder.js'

process.env.TMPDIR = temporaryFolder()

// They detect what hangs. A busy machine may be ten times slower than an idle one.
const timeouts = { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 60_000 } } }
// Node itself loads the built server.
const server = { deps: { external: [/\/dist\//] } }
const shared = { ...timeouts, server, globalSetup: 'tests/support/database-server.ts', setupFiles: 'tests/support/setup.ts' }

// Node loads graphql's CommonJS build for everybody; Vite would load a second one, whose types do not match.
const resolve = {
  alias: [
    // As in packages/pages/vite.config.ts.
    { find: /^invoice-texts\//, replacement: `${import.meta.dirname}/src/modules/invoicing/i18n/` },
    { find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') },
  ],
}

// `npm test` builds the server before. Without this variable, tests import the sources.
const plugins = process.env.TEST_BUILD === 'true' ? [useBuiltServer()] : []

export default defineConfig({
  test: {
    // Tests wait for processes and clocks, so one more runs at once than there are cores.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongFilesFirst },
    projects: [
      {
        plugins,
        resolve,
        test: {
          ...shared,
          name: 'server',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/e2e/*.browser.test.ts', 'tests/tools/**'],
        },
      },
      { plugins, resolve, test: { ...shared, name: 'browser', include: ['tests/e2e/*.browser.test.ts'] } },
      { plugins, resolve, test: { ...timeouts, server, name: 'tools', include: ['tests/tools/*.test.ts'] } },
    ],
  },
})
