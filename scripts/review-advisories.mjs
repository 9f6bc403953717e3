// .ci/run, after npm run sbom: fails when something that is shipped has an advisory of high or critical severity. Where the
// registry has no advisories, the output says so and the check passes.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const [sbomFile = 'dist/sbom.cdx.json'] = process.argv.slice(2)
const SEVERE = ['high', 'critical']

const shipped = new Set(JSON.parse(readFileSync(sbomFile, 'utf8')).components.map(({ name }) => name))
const { stdout } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', maxBuffer: 67_108_864 })
const { vulnerabilities } = parsed(stdout)

if (vulnerabilities === undefined) {
  console.log('ADVISORIES NOT READ: the registry has no audit endpoint; dependencies were not checked against known vulnerabilities')
} else {
  const severe = Object.values(vulnerabilities).filter(({ name, severity }) => shipped.has(name) && SEVERE.includes(severity))
  for (const { name, severity, range, via } of severe) {
    const titles = via.flatMap(({ title, url }) => (title ? [`${title} (${url})`] : []))
    console.log(`${severity}: ${name} ${range}: ${titles.join('; ')}`)
  }
  console.log(`advisories: ${severe.length} of high severity in ${shipped.size} shipped packages`)
  process.exitCode = severe.length > 0 ? 1 : 0
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    // npm writes JSON also when it fails; without any there is nothing to read.
    return {}
  }
}
