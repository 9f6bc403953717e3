import { parseConfig } from '../config/config.js'
import { systemClock } from '../core/clock.js'
import { parsePanelId } from '../core/ids.js'
import { withSecret } from '../demo/demo-secret.js'
import { createAdminLink, endAdminSessions } from '../modules/page-sessions/index.js'
import { withDatabase } from './with-database.js'

interface AdminLinkOptions {
  user: string
  email: string | undefined
  name: string | undefined
  end: boolean | undefined
}

/** Prints a link that signs an administrator in to /admin once, or ends the sessions of the administrator. */
export async function printAdminLink({ user, email, name, end }: AdminLinkOptions): Promise<void> {
  const userId = parsePanelId('--user', user)
  const parsed = await withSecret(parseConfig(process.env))
  const config = { ...parsed, publicUrl: parsed.publicUrl ?? `http://localhost:${parsed.port}` }
  await withDatabase(async (db) => {
    if (end) {
      console.log(`${await endAdminSessions({ db, tokenClock: systemClock }, userId)} ended`)
      return
    }
    const { url, expiresAt } = await createAdminLink({ config, db, tokenClock: systemClock }, { userId, email, name })
    console.error(`It can be opened once, until ${expiresAt.toISOString()}:`)
    console.log(url)
  })
}
