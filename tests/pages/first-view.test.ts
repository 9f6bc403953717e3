import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'

const FOLDER = 'dist/pages'
const MAX_FIRST_VIEW_BYTES = 150_000

const read = (name: string) => readFileSync(`${FOLDER}/${name}`)
const gzippedSize = (name: string) => gzipSync(read(name), { level: 9 }).length

/** The files, and those that they import statically. */
function loadedFiles(names: readonly string[]): string[] {
  const found = new Set<string>()
  const add = (name: string) => {
    if (found.has(name)) return
    found.add(name)
    if (!name.endsWith('.js')) return
    for (const [, file = ''] of read(`assets/${name}`)
      .toString()
      .matchAll(/(?:from|import)"\.\/([^"]+)"/g))
      add(file)
  }
  for (const name of names) add(name)
  return [...found]
}

/** The names in the HTML. */
const namesIn = (html: string) => [...html.matchAll(/\/pages\/assets\/([^"]+)"/g)].map(([, name = '']) => name)

/** The files of a part of this page that is loaded on demand, by the beginning of its name: "overview" and the language. */
function onDemand(prefix: string, loaded: readonly string[]): string[] {
  const names = readdirSync(`${FOLDER}/assets`).filter((name) => new RegExp(`^${prefix}-[\\w-]{8}\\.(js|css)$`).test(name))
  return names.filter((name) => loaded.some((file) => file.endsWith('.js') && read(`assets/${file}`).includes(name)))
}

const sizeOf = (names: readonly string[]) => names.reduce((sum, name) => sum + gzippedSize(`assets/${name}`), 0)

/** The size of a part, without the files that are loaded already. */
function sizeOnDemand(prefix: string, loaded: readonly string[]): number {
  const names = onDemand(prefix, loaded)
  expect([prefix, names.length]).not.toEqual([prefix, 0])
  return sizeOf(loadedFiles(names).filter((each) => !loaded.includes(each)))
}

describe.each(['portal', 'admin'])('the first view of %s', (page) => {
  const html = read(`${page}.html`).toString()
  const files = loadedFiles(namesIn(html))
  const size = sizeOf(files) + gzipSync(html).length

  test('is less than 150 KB, gzipped, with its texts and its first part', () => {
    expect(files.length).toBeGreaterThan(2)
    const total = size + sizeOnDemand('overview', files) + sizeOnDemand('fr', files)
    console.log(`${page}: ${(total / 1000).toFixed(1)} KB gzipped`)
    expect(total).toBeLessThan(MAX_FIRST_VIEW_BYTES)
  })

  test('loads nothing from another host', () => {
    for (const name of files) {
      const hosts = [
        ...read(`assets/${name}`)
          .toString()
          .matchAll(/https?:\/\/([\w.-]+)/g),
      ].map(([, host]) => host)
      // Namespaces, and links in the error messages of libraries.
      const known = ['www.w3.org', 'react.dev', 'mantine.dev', 'localhost', 'page.invalid']
      expect([name, hosts.filter((host) => !known.includes(host ?? ''))]).toEqual([name, []])
    }
  })
})
