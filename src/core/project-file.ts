import { fileURLToPath } from 'node:url'

/**
 * The absolute path of a file of the project, such as `docs/openapi.json`.
 * The compiled module is in `dist/core/` and its bundle in `dist/bundle/`: the project is two folders up from both.
 */
export function projectFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}
