import type { ReactNode } from 'react'
import classes from './portal.module.css'

export interface Fact {
  readonly label: string
  readonly value: ReactNode
  readonly isTotal?: boolean
}

/** Labels with values, such as the lines of a preview. */
export function Facts({ facts }: { facts: readonly (Fact | null)[] }) {
  return (
    <dl className={classes.facts}>
      {facts
        .filter((fact) => fact !== null)
        .map(({ label, value, isTotal }) => (
          <div key={label} className={classes.fact}>
            <dt className={isTotal ? classes.total : undefined}>{label}</dt>
            <dd className={isTotal ? classes.total : undefined}>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
