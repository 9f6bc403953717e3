import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.js'

/**
 * Outside production a secret may be missing: one is made at the first start and kept beside the database, so that
 * tokens stay good. Every installation has its own: a published demo secret would open servers that face a network.
 */
export async function withSecret(config: Config): Promise<Config> {
  if (config.auth.secret || config.auth.jwksUrl) return config
  return { ...config, auth: { ...config.auth, secret: await demoSecret(config.dataDir) } }
}

async function demoSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, 'demo-secret')
  await mkdir(dataDir, { recursive: true })
  await writeFile(file, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  return (await readFile(file, 'utf8')).trim()
}
