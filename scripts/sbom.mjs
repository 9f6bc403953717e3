// npm run sbom: writes dist/sbom.cdx.json, a CycloneDX list of the packages whose code is in
// dist/production: those in its node_modules and those bundled into the server and the pages. The build
// lists them, and npm describes them.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import './production.mjs'
import { lockedPackages } from './locked-packages.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const TARGET = 'dist/sbom.cdx.json'
const DEVELOPMENT_PROPERTY = 'cdx:npm:package:development'

const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'))
const packages = lockedPackages()
const shipped = new Set(JSON.parse(readFileSync('dist/production-packages.json', 'utf8')).map(referenceOf))
const bom = JSON.parse(npmSbom())
bom.metadata.component.name = name
bom.metadata.component.type = 'application'
bom.components = bom.components.filter((component) => shipped.has(component['bom-ref'])).map(asShipped)
const included = new Set([`${name}@${version}`, ...shipped])
bom.dependencies = bom.dependencies
  .filter(({ ref }) => included.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => included.has(each)) }))

const missing = [...shipped].filter((reference) => !bom.components.some((component) => component['bom-ref'] === reference))
if (missing.length > 0) throw new Error(`npm sbom does not describe ${missing.join(', ')}`)
writeFileSync(TARGET, `${JSON.stringify(bom, null, 2)}\n`)
console.log(`${TARGET}: ${bom.components.length} components`)

function referenceOf(folder) {
  const innermost = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)
  return `${packages.get(folder).name ?? innermost}@${packages.get(folder).version}`
}

function npmSbom() {
  const parameters = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx']
  return execFileSync('npm', parameters, { encoding: 'utf8', maxBuffer: 67_108_864 })
}

/**
 * Marks a component as required. Bundled packages are development dependencies in
 * package.json, but they are shipped.
 */
function asShipped(component) {
  return { ...component, scope: 'required', properties: component.properties.filter((property) => property.name !== DEVELOPMENT_PROPERTY) }
}
