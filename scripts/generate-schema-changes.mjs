// Writes docs/schema-changes.md: what has changed in the schema since the last release. With --check, it fails
// when the file is stale.
import { readFile, writeFile } from 'node:fs/promises'
import { currentVersion, isBreaking, isDangerous, listChanges, releasedVersion } from './schema-diff.mjs'

const FILE = 'docs/schema-changes.md'
const NO_TYPE = 'The schema'

const changes = await listChanges()
const breaking = changes.filter(isBreaking)
const dangerous = changes.filter(isDangerous)
const safe = changes.filter((change) => !isBreaking(change) && !isDangerous(change))

const content = `# Schema changes

The schema of version ${currentVersion} of the API in comparison with the released version ${releasedVersion}. New and removed types are
listed without their fields, and changed descriptions are not listed. The [API policy](api-policy.md) defines
what may change, and the [changelog](../CHANGELOG.md) gives the reasons. \`npm run docs\` generates this file.
${section('Breaking', 'Operations that use these members fail or mean something else.', breaking)}${section(
  'Dangerous',
  'Valid operations stay valid, but their results can differ.',
  dangerous,
)}${section('Safe', 'Existing operations and their results stay the same.', safe)}`

if ((await readFile(FILE, 'utf8').catch(() => '')) !== content) {
  if (process.argv.includes('--check')) {
    console.error(`${FILE} is stale: run npm run docs`)
    process.exitCode = 1
  } else await writeFile(FILE, content)
}

function section(title, meaning, all) {
  if (all.length === 0) return `\n## ${title}\n\nNone.\n`
  const types = [...new Set(all.map(typeOf))].sort()
  const lists = types.map((type) => {
    const lines = all.filter((change) => typeOf(change) === type).map(line)
    return `\n### ${type}\n\n${lines.sort().join('\n')}\n`
  })
  return `\n## ${title}\n\n${meaning}\n${lists.join('')}`
}

function typeOf({ path }) {
  return path?.split('.', 1)[0] ?? NO_TYPE
}

/** Names are printed as code. */
function line({ message }) {
  return `- ${message.replaceAll(/'([^'\s]+)'/g, '`$1`')}`
}
