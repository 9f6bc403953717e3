import { defineConfig } from 'rolldown'
import { recordPackages, writePackages } from './scripts/bundled-packages.mjs'

/** Packages that stay outside the bundle: they read files of their own (fonts, workers), or pg works without them. */
export const EXTERNAL = [
  'pdfkit',
  'graphile-worker',
  /^@aws-sdk/,
  '@resvg/resvg-wasm',
  'fontkit',
  'piscina',
  'pino',
  'pino-pretty',
  'pg-native',
]

/** In a bundle, Apollo does not find Node's hashes, and uses a slow implementation in JavaScript for every operation. */
const nodeHashes = {
  name: 'node-hashes',
  transform: {
    filter: { id: /@apollo\/utils\.createhash\/dist\/index\.js$/ },
    handler: () => "exports.createHash = require('node:crypto').createHash",
  },
}

const packages = new Set()

export default defineConfig({
  input: { main: 'dist/main.js' },
  platform: 'node',
  external: EXTERNAL,
  logLevel: 'warn',
  plugins: [nodeHashes, recordPackages(packages), writePackages(packages)],
  output: {
    dir: 'dist/bundle',
    format: 'esm',
    cleanDir: true,
    // The name of a class is the name of its GraphQL type.
    keepNames: true,
  },
})
