import { startServer } from '../../support/server.js'
import type { Settings } from '../settings.js'
import { environmentOf, START, type WalkedServer } from './walked-server.js'

const ADVANCE = 'mutation ($to: DateTime!) { advanceClock(input: { to: $to }) { now } }'

/** Starts the real server in the process of the test, whose clock stands still. */
export async function startInProcess(settings: Settings): Promise<WalkedServer> {
  const server = await startServer({ now: START.toISOString(), environment: environmentOf(settings) })
  return {
    owner: server.owner,
    returnUrl: server.url,
    now: () => server.clock.now(),
    ask: (who, query, variables) => server.ask(who, query, variables),
    page: (url, method) => fetch(url, { method, redirect: 'manual' }),
    async advanceTo(at) {
      const { errors } = await server.ask('admin', ADVANCE, { to: at.toISOString() })
      if (errors) throw new Error(JSON.stringify(errors))
    },
    tick: () => server.tick(),
    settle: () => server.settle(),
    close: () => server.close(),
  }
}
