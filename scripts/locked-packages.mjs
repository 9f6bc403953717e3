// Reads package-lock.json, whose keys are folders: "node_modules/a/node_modules/b"; "" is this project.
import { readFileSync } from 'node:fs'

/** @returns a map from folder to what the lockfile says of the package */
export function lockedPackages(file = 'package-lock.json') {
  const { packages } = JSON.parse(readFileSync(file, 'utf8'))
  // A link stands for the folder that it points to.
  return new Map(
    Object.entries(packages).map(([folder, entry]) => [folder, entry.link ? { ...packages[entry.resolved], link: true } : entry]),
  )
}

/** @returns the folder of the package that Node finds as `name` from `folder`, or undefined */
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
