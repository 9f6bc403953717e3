import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Returns the absolute path of a file of the project, such as `docs/openapi.json`. The compiled module is in
 * `dist/core/` and the bundle is in `dist/bundle/`: both are two folders below the project.
 */
export function projectFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}

/** The program for operators: its name in a checkout, its file in a production build, which has no npm scripts. */
export const PROGRAM = existsSync(projectFile('scripts/quittance.mjs')) ? 'npx quittance' : 'node dist/cli/quittance.js'
