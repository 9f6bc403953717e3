// A plugin for rolldown and vite: writes packages.json next to the bundle, with the folders (as in
// package-lock.json) of the npm packages whose code it contains. The SBOM and the production build are
// created from these lists.
import { relative } from 'node:path'

const INNERMOST_PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/

/** @param packages  shared by builds with a common list, such as a page and its workers */
export function recordPackages(packages) {
  const record = (id) => {
    const [folder] = INNERMOST_PACKAGE.exec(relative(process.cwd(), id.replace(/^\0/, ''))) ?? []
    if (folder) packages.add(folder)
  }
  return {
    name: 'record-packages',
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle)) for (const id of Object.keys(output.modules ?? {})) record(id)
      // Style sheets are not part of any chunk.
      for (const id of this.getModuleIds()) if (/\.css$/.test(id)) record(id)
    },
  }
}

/** Must come after every `recordPackages` of the same list. */
export function writePackages(packages) {
  return {
    name: 'write-packages',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'packages.json', source: `${JSON.stringify([...packages].sort(), null, 2)}\n` })
    },
  }
}
