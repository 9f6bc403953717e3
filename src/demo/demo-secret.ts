import { randomBytes, randomUUID } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config/config.js'
import { StartError } from '../core/errors.js'
import { createFolder } from '../platform/postgres/embedded/data-dir.js'

const MIN_DEMO_SECRET_LENGTH = 32

/**
 * In demo mode, replaces a missing secret by a random one, which the first start stores in DATA_DIR so that
 * tokens stay valid. Every installation has its own, because a published demo secret would open servers that
 * face a network. If an identity provider signs tokens, the secret signs only invoice links.
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
  await createFolder(dataDir)
  const existing = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return createSecretFile(file)
  })
  const secret = existing.trim()
  if (secret.length < MIN_DEMO_SECRET_LENGTH)
    throw new StartError(`DATA_DIR: ${file} is truncated; remove it, and the next start creates a new one`)
  return secret
}

/** Writes to a temporary file and links it, so that a concurrent start never reads an incomplete secret. */
async function createSecretFile(file: string): Promise<string> {
  const temporaryFile = `${file}-${randomUUID()}`
  try {
    await writeFile(temporaryFile, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 })
    await link(temporaryFile, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(temporaryFile, { force: true })
  }
  return readFile(file, 'utf8')
}
