import { defineConfig } from 'rolldown'

/** What opens files of its own (fonts, workers), and what pg can do without. */
const LEFT_OUTSIDE = [
  'pdfkit',
  'graphile-worker',
  /^@aws-sdk/,
  '@resvg/resvg-wasm',
  'fontkit',
  'piscina',
  'pino',
  'pino-pretty',
  'pg-native',
  '@fastify/swagger-ui',
]

export default defineConfig({
  input: { main: 'dist/main.js' },
  platform: 'node',
  external: LEFT_OUTSIDE,
  logLevel: 'warn',
  output: {
    dir: 'dist/bundle',
    format: 'esm',
    cleanDir: true,
    // GraphQL types are called what their classes are called.
    keepNames: true,
  },
})
