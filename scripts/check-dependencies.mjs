// npm run lint:dependencies: checks that every package in package-lock.json has a version that its dependents
// accept (an override can break that), and that all packages run on every supported Node version.
import { readFileSync } from 'node:fs'
import semver from 'semver'
import { lockedPackages, resolveDependency } from './locked-packages.mjs'

const [lockFile = 'package-lock.json', manifestFile = 'package.json'] = process.argv.slice(2)
const supportedRange = JSON.parse(readFileSync(manifestFile, 'utf8')).engines.node
/** The oldest supported version, and the last release of each line that .ci/run tests. */
const NODE_VERSIONS = [semver.minVersion(supportedRange).version, '22.99.0', '24.99.0', '26.99.0']

const packages = lockedPackages(lockFile)
const problems = [...packages.keys()].flatMap((folder) => [...wrongEngines(folder), ...wrongVersions(folder)])
for (const problem of problems) console.error(problem)
console.log(`dependencies: ${problems.length} problems in ${packages.size - 1} packages`)
process.exitCode = problems.length > 0 ? 1 : 0

function wrongEngines(folder) {
  const needed = packages.get(folder).engines?.node ?? '*'
  const excluded = NODE_VERSIONS.find((version) => !semver.satisfies(version, needed))
  if (!excluded) return []
  return [`${nameOf(folder)} needs Node ${needed}, which excludes ${excluded}: use another version of it or of its dependents`]
}

function wrongVersions(folder) {
  return requirementsOf(folder).flatMap(({ name, range, isOptional }) => {
    const found = resolveDependency(packages, folder, name)
    const needs = `${nameOf(folder)} needs ${name}@${range}`
    if (!found) return isOptional ? [] : [`${needs}, which package-lock.json does not contain: run npm install`]
    const { version } = packages.get(found)
    return satisfies(version, range) ? [] : [`${needs}, but gets ${version}: remove the override or use another version of either`]
  })
}

function requirementsOf(folder) {
  const manifest = packages.get(folder)
  const { dependencies, optionalDependencies = {}, peerDependencies, peerDependenciesMeta = {} } = manifest
  const requirements = (ranges = {}, isOptional = () => false) =>
    Object.entries(ranges).map(([name, range]) => ({ name, range, isOptional: isOptional(name) }))
  return [
    ...requirements(dependencies, (name) => name in optionalDependencies),
    ...requirements(optionalDependencies, () => true),
    ...requirements(peerDependencies, (name) => peerDependenciesMeta[name]?.optional === true),
    // Development dependencies of packages are not installed.
    ...requirements(folder === '' ? manifest.devDependencies : {}),
  ]
}

/** An alias ("npm:name@range") ends with its range. URLs and files have no range and always satisfy. */
function satisfies(version, range) {
  const plain = range.startsWith('npm:') ? range.slice(range.lastIndexOf('@') + 1) : range
  return semver.validRange(plain) === null || semver.satisfies(version, plain, { includePrerelease: true })
}

function nameOf(folder) {
  return folder === '' ? 'package.json' : `${folder}@${packages.get(folder).version}`
}
