// Reads package-lock.json. Its keys are folders such as "node_modules/a/node_modules/b"; "" is this project.
import { existsSync, readFileSync } from 'node:fs'

/** @returns a map from folder to the entry of the package in the lockfile */
export function lockedPackages(file = 'package-lock.json') {
  const { packages } = JSON.parse(readFileSync(file, 'utf8'))
  // A link has the entry of the folder that it points to.
  return new Map(
    Object.entries(packages).map(([folder, entry]) => [folder, entry.link ? { ...packages[entry.resolved], link: true } : entry]),
  )
}

/** @returns the folder of the package that Node resolves as `name` from `folder`, or undefined */
export function resolveDependency(packages, folder, name) {
  for (let from = folder; ; from = parentOf(from)) {
    const candidate = `${from}${from && '/'}node_modules/${name}`
    if (packages.has(candidate)) return candidate
    if (from === '') return undefined
  }
}

function parentOf(folder) {
  return folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))
}

/**
 * @returns the folders of packages and their dependencies; optional ones are omitted when they are not
 *    installed
 */
export function packageClosure(packages, names) {
  const folders = new Set()
  const add = (from, name, isOptional) => {
    const folder = resolveDependency(packages, from, name)
    if (!folder && isOptional) return
    if (!folder) throw new Error(`package-lock.json does not contain ${name}, which ${from || 'the bundle'} needs`)
    if (folders.has(folder) || (packages.get(folder).optional && !existsSync(folder))) return
    folders.add(folder)
    const { dependencies = {}, optionalDependencies = {} } = packages.get(folder)
    for (const each of Object.keys(dependencies)) add(folder, each, each in optionalDependencies)
    for (const each of Object.keys(optionalDependencies)) add(folder, each, true)
  }
  for (const name of names) add('', name, false)
  return [...folders].sort()
}
