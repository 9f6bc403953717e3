import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

// Runs install_programs of .ci/run with a PATH on which nothing but stubs exists.

const run = promisify(execFile)
const script = await readFile('.ci/run', 'utf8')
const [list = ''] = /^PROGRAMS=\([^)]*^\)/m.exec(script) ?? []
const [installPrograms = ''] = /^install_programs\(\) \{.*?^\}/ms.exec(script) ?? []
/** Every program with its package. */
const PROGRAMS = [...list.matchAll(/(?:\/usr\/s?bin\/)?([\w-]+)\}?=([\w-]+)"?$/gm)].map(([, program = '', name = '']) => ({
  program,
  name,
}))

/** Copies the programs of the packages into the folder of the PATH, and records its arguments. */
const APT_GET = `#!/bin/bash
echo "$0 $*" >>"$RECORD"
[ "$1" != install ] || for name in "\${@:4}"; do /bin/cp "$ARCHIVE/$name/"* "$BIN/" 2>/dev/null; done
exit 0
`
/** Runs the command as another user would. */
const SUDO = `#!/bin/bash
echo "sudo $*" >>"$RECORD"
"$@"
`

let folder: string
let bin: string
let archive: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-programs-'))
  bin = join(folder, 'bin')
  archive = join(folder, 'archive')
  await mkdir(bin)
  await addStub(bin, 'apt-get', APT_GET)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function addStub(path: string, name: string, text = '#!/bin/bash\n'): Promise<void> {
  await mkdir(path, { recursive: true })
  await writeFile(join(path, name), text)
  await chmod(join(path, name), 0o755)
}

interface Machine {
  /** Programs that are not installed. */
  missing: readonly string[]
  /** Programs that their packages lack. */
  unavailable?: readonly string[]
  isRoot?: boolean
}

interface Installation {
  code: number
  output: string
  /** Names of the packages that were installed. */
  installed: string[]
  commands: string[]
}

/** Runs install_programs on a machine with all programs but the missing ones. */
async function install({ missing, unavailable = [], isRoot = true }: Machine): Promise<Installation> {
  await addStub(bin, 'id', `#!/bin/bash\necho ${isRoot ? 0 : 1000}\n`)
  if (!isRoot) await addStub(bin, 'sudo', SUDO)
  for (const { program, name } of PROGRAMS) {
    if (!missing.includes(program)) await addStub(bin, program)
    if (!unavailable.includes(program)) await addStub(join(archive, name), program)
  }
  // Programs outside the PATH are looked for by their path.
  const text = `set -euo pipefail\n${list}\n${installPrograms}\ninstall_programs`.replaceAll(/\/usr\/s?bin\//g, `${bin}/`)
  const record = join(folder, 'record')
  await writeFile(record, '')
  const env = { PATH: bin, BIN: bin, ARCHIVE: archive, RECORD: record }
  const { code, output } = await run('/bin/bash', ['--norc', '-c', text], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, output: error.stdout + error.stderr }),
  )
  const commands = (await readFile(record, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => line.replaceAll(`${bin}/`, ''))
  const installed = commands.flatMap((line) => /^apt-get install -y -qq (.*)$/.exec(line)?.[1]?.split(' ') ?? [])
  return { code, output, installed: [...new Set(installed)].sort(), commands }
}

describe('install_programs', () => {
  test('installs nothing when every program exists', async () => {
    expect(await install({ missing: [] })).toEqual({ code: 0, output: '', installed: [], commands: [''] })
  })

  test.each(PROGRAMS)('installs $name when only $program is missing', async ({ program, name }) => {
    expect(await install({ missing: [program] })).toMatchObject({ code: 0, output: '', installed: [name] })
  })

  test('installs every package on a machine without any of the programs', async () => {
    const missing = PROGRAMS.map(({ program }) => program)
    const packages = ['bsdutils', 'chromium', 'curl', 'pgbouncer', 'poppler-utils', 'qpdf', 'redis-server', 'util-linux']
    expect(await install({ missing })).toMatchObject({ code: 0, installed: packages })
  })

  test('installs the packages of all missing programs', async () => {
    const missing = ['chromium', 'pdfinfo', 'pdftotext', 'pgbouncer', 'setpriv']
    const packages = ['chromium', 'pgbouncer', 'poppler-utils', 'util-linux']
    expect(await install({ missing })).toMatchObject({ code: 0, installed: packages })
  })

  test('installs with sudo unless it runs as root', async () => {
    const { code, commands } = await install({ missing: ['qpdf'], isRoot: false })
    expect(code).toBe(0)
    expect(commands.filter((line) => line.startsWith('sudo'))).toEqual(['sudo apt-get update -qq', 'sudo apt-get install -y -qq qpdf'])
  })

  test.each(PROGRAMS)('fails with the name of $program when its package does not contain it', async ({ program, name }) => {
    const { code, output, installed } = await install({ missing: [program], unavailable: [program] })
    expect([code, installed]).toEqual([1, [name]])
    expect(basename(output.trimEnd())).toBe(`${program} is missing, although ${name} is installed`)
  })
})
