import { useEffect, useSyncExternalStore } from 'react'
import classes from './blocks.module.css'

const SHOWN_MS = 6000

let current = ''
const listeners = new Set<() => void>()

/** Shows for some seconds that something was done. Screen readers announce it. */
export function showNotice(text: string): void {
  current = text
  for (const listener of listeners) listener()
}

export function Notice() {
  const text = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
  useEffect(() => {
    if (!text) return
    const timer = setTimeout(() => showNotice(''), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <div role="status" className={classes.notice}>
      {text}
    </div>
  )
}
