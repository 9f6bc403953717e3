import { defineConfig } from 'vite'
import { recordPackages, writePackages } from './scripts/bundled-packages.mjs'

const packages = new Set()

// Bundles the pages: the explorer and the REST documentation. The server is compiled by tsc.
export default defineConfig({
  root: 'src/explorer',
  // Where src/api/http/page-assets.ts serves their assets.
  base: '/graphql/',
  plugins: [recordPackages(packages), writePackages(packages)],
  worker: { plugins: () => [recordPackages(packages)] },
  build: {
    outDir: '../../dist/explorer',
    emptyOutDir: true,
    chunkSizeWarningLimit: 20_000,
    reportCompressedSize: false,
    rolldownOptions: { input: ['src/explorer/index.html', 'src/explorer/api-docs.html'] },
  },
})
