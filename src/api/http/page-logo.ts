import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../../config/config.js'

const LOGO_URL = '/pages/logo'
const TYPES: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
}
const MAX_AGE_SECONDS = 300

/** Serves the logo of invoices to the pages. @returns its URL, or null if there is none */
export async function logoRoute(app: FastifyInstance, { invoices: { logoPath } }: Config): Promise<string | null> {
  const type = logoPath && TYPES[extname(logoPath).toLowerCase()]
  const content = logoPath && type ? await readFile(logoPath).catch(() => undefined) : undefined
  if (!content || !type) return null
  app.get(LOGO_URL, (_request, reply) => {
    // Scripts in an SVG file never run, also if somebody opens it as a page.
    reply.setSecurityHeaders({
      directives: { 'default-src': ["'none'"], 'style-src': ["'unsafe-inline'"], 'frame-ancestors': ["'none'"], sandbox: [] },
    })
    return reply.header('cache-control', `public, max-age=${MAX_AGE_SECONDS}`).type(type).send(content)
  })
  return LOGO_URL
}
