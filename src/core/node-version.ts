import { readFileSync } from 'node:fs'
import { projectFile } from './project-file.js'

/**
 * @returns a one-line message when this Node is older than `engines` in package.json requires, otherwise
 *    undefined
 */
export function nodeVersionProblem(current = process.versions.node): string | undefined {
  const { engines } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { engines: { node: string } }
  const [minimum = '0'] = /\d+(\.\d+)*/.exec(engines.node) ?? []
  const comparable = (version: string) => {
    const [major = 0, minor = 0] = version.split('.').map(Number)
    return major * 1000 + minor
  }
  if (comparable(current) >= comparable(minimum)) return undefined
  return `Node ${minimum} or newer is required; this is Node ${current}. Install a newer one from https://nodejs.org`
}
