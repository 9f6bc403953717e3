import { fileURLToPath } from 'node:url'

/**
 * Returns the absolute path of a file of the project, such as `docs/openapi.json`. The compiled module is in
 * `dist/core/` and the bundle is in `dist/bundle/`: both are two folders below the project.
 */
export function projectFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}
