// A plugin for rolldown and vite: writes packages.json next to the bundle, with the folders (as package-lock.json names
// them) of the npm packages whose code is in it. The SBOM and the production image are made from these lists.
import { relative } from 'node:path'

const INNERMOST_PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/

/** @param packages  shared by the builds that end up in one list: a page and its workers */
export function recordPackages(packages) {
  const record = (id) => {
    const [folder] = INNERMOST_PACKAGE.exec(relative(process.cwd(), id.replace(/^\0/, ''))) ?? []
    if (folder) packages.add(folder)
  }
  return {
    name: 'record-packages',
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle)) for (const id of Object.keys(output.modules ?? {})) record(id)
      // Styles are in no chunk.
      for (const id of this.getModuleIds()) if (/\.css$/.test(id)) record(id)
    },
  }
}

/** Comes after every `recordPackages` of the same list. */
export function writePackages(packages) {
  return {
    name: 'write-packages',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'packages.json', source: `${JSON.stringify([...packages].sort(), null, 2)}\n` })
    },
  }
}
