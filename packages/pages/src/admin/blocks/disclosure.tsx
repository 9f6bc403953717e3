import type { ReactNode } from 'react'
import classes from './blocks.module.css'

/** Details that are shown on request. */
export function Disclosure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <details className={classes.disclosure}>
      <summary>{label}</summary>
      {children}
    </details>
  )
}
