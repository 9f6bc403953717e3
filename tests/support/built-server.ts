import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vitest/config'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SOURCES = resolve(ROOT, 'src')
const BUILD = resolve(ROOT, 'dist')

/**
 * Lets tests import the built server, as Node does. Vite would transform and evaluate hundreds of source files again for
 * every test file.
 */
export function useBuiltServer(): Plugin {
  return {
    name: 'use-built-server',
    enforce: 'pre',
    resolveId(source, importer) {
      const path = importer && source.startsWith('.') ? resolve(dirname(importer), source) : ''
      return path.startsWith(`${SOURCES}/`) ? { id: path.replace(SOURCES, BUILD), external: true } : undefined
    },
  }
}
