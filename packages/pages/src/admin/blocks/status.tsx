import type { EnumTexts } from '../texts'
import { useTexts } from '../use-texts'
import classes from './blocks.module.css'

const GOOD = ['ACTIVE', 'PAID', 'DONE', 'CONFIRMED', 'PROCESSED', 'DELIVERED', 'TRIALING', 'VALID', 'SENT']
const WAITING = ['PENDING', 'OPEN', 'REQUESTED', 'REPORTED', 'RECEIVED', 'PAST_DUE', 'PARTIALLY_REFUNDED', 'UNAVAILABLE', 'QUEUED']
const BAD = ['FAILED', 'PARKED', 'REJECTED', 'UNPAID', 'OVERDUE', 'SUSPENDED', 'INVALID', 'REVOKED', 'BOUNCED']

function toneOf(value: string): string {
  if (GOOD.includes(value)) return 'good'
  if (WAITING.includes(value)) return 'waiting'
  return BAD.includes(value) ? 'bad' : 'neutral'
}

/** A status with its color; the text alone states it, too. */
export function Status({ of, value }: { of: keyof EnumTexts; value: string }) {
  const texts: Readonly<Record<string, string>> = useTexts().enums[of]
  return (
    <span className={classes.status} data-tone={toneOf(value)}>
      {texts[value] ?? value}
    </span>
  )
}
