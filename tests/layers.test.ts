import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

// dependency-cruiser reads the compiled files, which import no types. These tests also cover types.

const LAYERS = ['core', 'config', 'platform', 'modules', 'api']
const GENERATED = join('platform', 'postgres', 'generated')

interface Import {
  from: string
  to: string
}

const imports: Import[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.startsWith(GENERATED))
  .flatMap((from) => {
    const paths = readFileSync(join('src', from), 'utf8').matchAll(/(?:from |import\()'(\.[^']+)'/g)
    return Array.from(paths, ([, path = '']) => ({ from, to: normalize(join(dirname(from), path)) }))
  })

/** The number of the layer; composition, which imports everything, is above all others. */
function layerOf(file: string): number {
  const index = LAYERS.indexOf(file.split('/')[0] ?? '')
  return index < 0 ? LAYERS.length : index
}

/** The module that a file belongs to, such as "orders"; undefined outside the folders of modules. */
function moduleOf(file: string): string | undefined {
  return /^modules\/([^/]+)\/./.exec(file)?.[1]
}

test('no import of a value or a type points to a higher layer', () => {
  expect(imports.length).toBeGreaterThan(1000)
  expect(imports.filter(({ from, to }) => layerOf(to) > layerOf(from))).toEqual([])
})

test('a module imports values and types of another module only through its index', () => {
  const past = imports.filter(({ from, to }) => moduleOf(from) && moduleOf(to) && moduleOf(from) !== moduleOf(to))
  expect(past.length).toBeGreaterThan(100)
  expect(past.filter(({ to }) => !/^modules\/[^/]+\/index\.js$/.test(to))).toEqual([])
})

test('no circle of imports consists of values or types', () => {
  const withoutEnding = (file: string) => file.replace(/\.(js|tsx?)$/, '')
  const targets = new Map<string, string[]>()
  for (const { from, to } of imports) targets.set(withoutEnding(from), [...(targets.get(withoutEnding(from)) ?? []), withoutEnding(to)])
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return undefined
    for (const target of targets.get(file) ?? []) {
      const circle = visit(target, [...path, file])
      if (circle) return circle
    }
    done.add(file)
    return undefined
  }
  expect([...targets.keys()].flatMap((file) => visit(file, []) ?? [])).toEqual([])
})
