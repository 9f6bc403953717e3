import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../e2e/program.js'

const run = promisify(execFile)
const COMPILER_OPTIONS = {
  target: 'ES2022',
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  strict: true,
  skipLibCheck: true,
  types: [],
  lib: ['ES2022', 'DOM'],
  rootDir: 'src',
  outDir: 'dist',
}

/** Copies a project of tests/clients/projects into a folder of its own, with the packages of this repository. */
export async function copyProject(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `quittance-${name}-`))
  await cp(join(ROOT, 'tests/clients/projects', name), folder, { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Type-checks and compiles a project. @throws Error with the messages of the compiler */
export async function compileProject(folder: string, options: object = {}): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...COMPILER_OPTIONS, ...options }, include: ['src'] }))
  await runNode(folder, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder])
}

/** @returns the output @throws Error with the output if the exit code is not 0 */
export async function runNode(folder: string, parameters: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, parameters, { cwd: folder }).catch((error) => {
    throw new Error(`${error.stdout}${error.stderr}`)
  })
  return stdout
}
