import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'
import { recordPackages, writePackages } from '../../scripts/bundled-packages.mjs'

const packages = new Set<string>()
const root = fileURLToPath(new URL('.', import.meta.url))
const outDir = join(root, '../../dist/pages')

/** Writes the compressed forms of each script and style sheet next to it, so that the server never compresses. */
function compressAssets(): Plugin {
  return {
    name: 'compress-assets',
    writeBundle() {
      const folder = join(outDir, 'assets')
      for (const name of readdirSync(folder).filter((each) => /\.(js|css)$/.test(each))) {
        const content = readFileSync(join(folder, name))
        writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }))
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
      }
    },
  }
}

/** For src/api/graphql/persisted-operations.ts. */
function copyOperations(): Plugin {
  const fileName = 'persisted-operations.json'
  return {
    name: 'copy-operations',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName, source: readFileSync(join(root, 'src/generated', fileName)) })
    },
  }
}

// Bundles the pages for people. src/api/http/page-routes.ts serves them.
export default defineConfig({
  root,
  // Where src/api/http/page-assets.ts serves their assets.
  base: '/pages/',
  // The server replaces the placeholder in every response.
  html: { cspNonce: '%NONCE%' },
  plugins: [recordPackages(packages), writePackages(packages), copyOperations(), compressAssets()],
  resolve: {
    alias: {
      '@quittance/client': join(root, '../client/src/index.ts'),
      'invoice-texts': join(root, '../../src/modules/invoicing/i18n'),
    },
  },
  build: {
    outDir,
    emptyOutDir: true,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: [join(root, 'portal.html'), join(root, 'admin.html')] },
  },
})
