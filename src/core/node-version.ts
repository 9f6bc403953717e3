import { readFileSync } from 'node:fs'
import { projectFile } from './project-file.js'

/** @returns one line when this Node is older than what `engines` of package.json requires */
export function nodeVersionProblem(current = process.versions.node): string | undefined {
  const { engines } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { engines: { node: string } }
  const [minimum = '0'] = /\d+(\.\d+)*/.exec(engines.node) ?? []
  const number = (version: string) => {
    const [major = 0, minor = 0] = version.split('.').map(Number)
    return major * 1000 + minor
  }
  if (number(current) >= number(minimum)) return undefined
  return `Node ${minimum} or newer is required; this is Node ${current}. Install a newer one from https://nodejs.org`
}
