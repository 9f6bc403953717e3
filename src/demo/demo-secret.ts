import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config/config.js'
import { StartError } from '../core/errors.js'

const MIN_SECRET_LENGTH = 32

/**
 * In demo mode a missing secret is replaced by a random one, created at the first start and kept in DATA_DIR so that
 * tokens stay valid. Every installation has its own: a published demo secret would open servers that face a network.
 * Where the identity provider signs tokens, it only signs invoice links.
 */
export async function withSecret(config: Config): Promise<Config> {
  const { production, auth, invoices, dataDir } = config
  if (production || auth.secret) return config
  if (!auth.jwksUrl) return { ...config, auth: { ...auth, secret: await readOrCreateDemoSecret(dataDir), isDemoSecret: true } }
  if (invoices.linkSecrets.length > 0) return config
  return { ...config, invoices: { ...invoices, linkSecrets: [await readOrCreateDemoSecret(dataDir)] } }
}

async function readOrCreateDemoSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, 'demo-secret')
  await mkdir(dataDir, { recursive: true })
  const existing = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return create(file)
  })
  const secret = existing.trim()
  if (secret.length < MIN_SECRET_LENGTH) throw new StartError(`DATA_DIR: ${file} is not complete; remove it, and the next start creates it`)
  return secret
}

/** Written under another name and linked, so that a process that starts at the same moment never reads half a secret. */
async function create(file: string): Promise<string> {
  const unfinished = `${file}-${randomUUID()}`
  try {
    await writeFile(unfinished, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 })
    await link(unfinished, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(unfinished, { force: true })
  }
  return readFile(file, 'utf8')
}
