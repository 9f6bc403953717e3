// Run by .ci/run after npm run sbom: fails when a shipped package has an advisory of high or critical
// severity. When the registry provides no advisories, it reports that and passes.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const [sbomFile = 'dist/sbom.cdx.json'] = process.argv.slice(2)
const SEVERE = ['high', 'critical']

const shipped = new Set(JSON.parse(readFileSync(sbomFile, 'utf8')).components.map(({ name }) => name))
const { stdout } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', maxBuffer: 67_108_864 })
const { vulnerabilities } = parseJson(stdout)

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

function parseJson(text) {
  try {
    return JSON.parse(text)
  } catch {
    // npm writes JSON even when it fails. Without JSON the advisories are unknown.
    return {}
  }
}
