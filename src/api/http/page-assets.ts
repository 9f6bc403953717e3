import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import fresh from 'fresh'
import Negotiator from 'negotiator'
import { projectFile } from '../../core/project-file.js'

/** A bundle of `npm run build`: its folder, and the prefix of its assets, which its Vite configuration has as well. */
export interface PageBundle {
  readonly folder: string
  readonly prefix: string
}

/** The explorer and the REST documentation: vite.config.ts. */
export const EXPLORER_BUNDLE: PageBundle = { folder: projectFile('dist/explorer/'), prefix: '/graphql/assets/' }
/** The pages for people: packages/pages/vite.config.ts. */
export const PAGES_BUNDLE: PageBundle = { folder: projectFile('dist/pages/'), prefix: '/pages/assets/' }

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

/** The compressed forms that a build writes next to an asset, the smallest first. */
const ENCODINGS = [
  { name: 'br', extension: '.br' },
  { name: 'gzip', extension: '.gz' },
] as const

interface Asset {
  content: Buffer
  /** By the name of the encoding. */
  compressed: ReadonlyMap<string, Buffer>
  type: string
  etag: string
}

/** @param name  a page of the bundle, such as "index.html" @returns its HTML */
export function readPage({ folder }: PageBundle, name: string): string {
  const file = join(folder, name)
  if (existsSync(file)) return readFileSync(file, 'utf8')
  return '<!doctype html><title>Quittance</title><p>This page has not been built: run <code>npm run build</code>.'
}

/**
 * Serves the scripts, styles and fonts of a bundle. All files are read at start, and a request only looks up a name, so no
 * part of a URL becomes a file path.
 */
export function pageAssets(app: FastifyInstance, { folder, prefix }: PageBundle): void {
  const assets = readAssets(join(folder, 'assets'))
  app.get<{ Params: { name: string } }>(`${prefix}:name`, (request, reply) => {
    const asset = assets.get(request.params.name)
    if (!asset) return reply.callNotFound()
    void reply
      // The name of an asset contains the hash of its content.
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('etag', asset.etag)
    if (asset.compressed.size > 0) void reply.header('vary', 'accept-encoding')
    if (fresh(request.headers, { etag: asset.etag })) return reply.code(304).send()
    const accepted = new Negotiator({ headers: request.headers }).encodings([...asset.compressed.keys(), 'identity'])
    const encoding = ENCODINGS.find(({ name }) => accepted.includes(name) && asset.compressed.has(name))?.name
    if (encoding) void reply.header('content-encoding', encoding)
    return reply.type(asset.type).send((encoding && asset.compressed.get(encoding)) ?? asset.content)
  })
}

function readAssets(folder: string): ReadonlyMap<string, Asset> {
  if (!existsSync(folder)) return new Map()
  const names = readdirSync(folder).filter((name) => !ENCODINGS.some(({ extension }) => name.endsWith(extension)))
  return new Map(names.map((name) => [name, readAsset(folder, name)]))
}

function readAsset(folder: string, name: string): Asset {
  const compressed = ENCODINGS.flatMap(({ name: encoding, extension }): [string, Buffer][] => {
    const file = join(folder, name + extension)
    return existsSync(file) ? [[encoding, readFileSync(file)]] : []
  })
  return {
    content: readFileSync(join(folder, name)),
    compressed: new Map(compressed),
    type: CONTENT_TYPES[extname(name)] ?? 'application/octet-stream',
    etag: `"${name}"`,
  }
}
