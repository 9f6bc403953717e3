import { describe, expect, test } from 'vitest'
import { type AccessState, hasAccess } from '../../../src/modules/entitlements/access.rules.js'
import { assertSubscriptionTransition, canSubscriptionTransition } from '../../../src/modules/subscriptions/subscription.rules.js'

const STATUSES = ['TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'UNPAID', 'CANCELLED', 'EXPIRED'] as const
const ALLOWED: Record<(typeof STATUSES)[number], string> = {
  TRIALING: 'ACTIVE PAST_DUE PAUSED CANCELLED EXPIRED',
  ACTIVE: 'PAST_DUE PAUSED CANCELLED EXPIRED',
  PAST_DUE: 'ACTIVE UNPAID CANCELLED EXPIRED',
  PAUSED: 'ACTIVE CANCELLED EXPIRED',
  UNPAID: 'ACTIVE CANCELLED EXPIRED',
  CANCELLED: 'ACTIVE TRIALING EXPIRED',
  EXPIRED: '',
}

test.each(STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const)))('%s to %s', (from, to) => {
  const allowed = ALLOWED[from].split(' ').includes(to)
  expect(canSubscriptionTransition(from, to)).toBe(allowed)
  const move = () => assertSubscriptionTransition({ id: 1n, status: from }, to)
  if (allowed) expect(move).not.toThrow()
  else expect(move).toThrow(from === to ? /^Subscription 1 is already [a-z ]+$/ : /cannot become/)
})

describe('hasAccess', () => {
  const at = new Date('2026-05-10T00:00:00Z')
  const stateWith = (changes: Partial<AccessState>): AccessState => {
    return {
      status: 'ACTIVE',
      currentPeriodEnd: new Date('2026-06-01T00:00:00Z'),
      pastDueSince: null,
      endsAt: null,
      pauseKeepsAccess: false,
      suspendedBy: null,
      ...changes,
    }
  }
  test.each<[string, Partial<AccessState>, boolean]>([
    ['in a trial', { status: 'TRIALING' }, true],
    ['paid', { status: 'ACTIVE' }, true],
    ['in its grace period', { status: 'PAST_DUE', pastDueSince: new Date('2026-05-03T00:00:01Z') }, true],
    ['after its grace period', { status: 'PAST_DUE', pastDueSince: new Date('2026-05-03T00:00:00Z') }, false],
    ['cancelled, before the end of the period', { status: 'CANCELLED', currentPeriodEnd: new Date('2026-05-10T00:00:01Z') }, true],
    ['cancelled, at the end of the period', { status: 'CANCELLED', currentPeriodEnd: at }, false],
    ['paid, at the agreed end', { endsAt: at }, false],
    ['paused without access', { status: 'PAUSED' }, false],
    ['paused with access', { status: 'PAUSED', pauseKeepsAccess: true }, true],
    ['unpaid', { status: 'UNPAID' }, false],
    ['expired', { status: 'EXPIRED' }, false],
  ])('%s', (_name, changes, expected) => {
    expect(hasAccess(stateWith(changes), at, 7)).toBe(expected)
  })
})
