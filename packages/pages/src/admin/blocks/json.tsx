import classes from './blocks.module.css'

/** A value of JSON, as text that can be scrolled by keyboard. */
export function Json({ label, value }: { label: string; value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: WCAG 2.1.1, a region that scrolls must be reachable by keyboard
    <section aria-label={label} tabIndex={0}>
      <pre className={classes.json}>{JSON.stringify(value, null, 2)}</pre>
    </section>
  )
}
