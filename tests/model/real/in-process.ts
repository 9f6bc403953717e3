import { startServer } from '../../support/server.js'
import type { Settings } from '../settings.js'
import { environmentOf, START, type WalkedServer } from './walked-server.js'

const ADVANCE = 'mutation ($to: DateTime!) { advanceClock(input: { to: $to }) { now } }'

interface ClockOfTests {
  /** Moves the clock forward. No job runs, as in the seconds before the job of the minute, or after an outage. */
  moveClock(at: Date): void
}

/** Starts the real server in the process of the test, whose clock stands still. */
export async function startInProcess(settings: Settings): Promise<WalkedServer & ClockOfTests> {
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
    moveClock: (at) => server.clock.set(at.toISOString()),
    tick: () => server.tick(),
    settle: () => server.settle(),
    close: () => server.close(),
  }
}
