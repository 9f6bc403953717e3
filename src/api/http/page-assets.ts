import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import fresh from 'fresh'
import { projectFile } from '../../core/project-file.js'

const PAGES_FOLDER = projectFile('dist/explorer/')

/** The same prefix as in vite.config.ts, which writes it into the pages. */
const ASSETS_PREFIX = '/graphql/assets/'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

interface Asset {
  content: Buffer
  type: string
  etag: string
}

/** @param name  a page that `npm run build` bundles, such as "index.html" @returns its HTML */
export function readPage(name: string): string {
  const file = join(PAGES_FOLDER, name)
  if (existsSync(file)) return readFileSync(file, 'utf8')
  return '<!doctype html><title>Quittance</title><p>This page has not been built: run <code>npm run build</code>.'
}

/**
 * Serves the scripts, styles and fonts of the explorer and of the REST documentation. All files are read at
 * start, and a request only looks up a name, so no part of a URL becomes a file path.
 */
export function pageAssets(app: FastifyInstance): void {
  const assets = readAssets(join(PAGES_FOLDER, 'assets'))
  app.get<{ Params: { name: string } }>(`${ASSETS_PREFIX}:name`, (request, reply) => {
    const asset = assets.get(request.params.name)
    if (!asset) return reply.callNotFound()
    void reply
      // The name of an asset contains the hash of its content.
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('etag', asset.etag)
    if (fresh(request.headers, { etag: asset.etag })) return reply.code(304).send()
    return reply.type(asset.type).send(asset.content)
  })
}

function readAssets(folder: string): ReadonlyMap<string, Asset> {
  if (!existsSync(folder)) return new Map()
  return new Map(readdirSync(folder).map((name) => [name, readAsset(folder, name)]))
}

function readAsset(folder: string, name: string): Asset {
  return {
    content: readFileSync(join(folder, name)),
    type: CONTENT_TYPES[extname(name)] ?? 'application/octet-stream',
    etag: `"${name}"`,
  }
}
