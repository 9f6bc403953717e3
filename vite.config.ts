import { defineConfig } from 'vite'

// Bundles the explorer. The server is compiled by tsc.
export default defineConfig({
  root: 'src/explorer',
  base: '/graphql/',
  build: { outDir: '../../dist/explorer', emptyOutDir: true, chunkSizeWarningLimit: 20_000, reportCompressedSize: false },
})
