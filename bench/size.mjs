/** `npm run bench -- --small` measures almost nothing: it shows that the parts work, not how fast anything is. */
export const isSmall = process.argv.includes('--small')

/** @returns the size of a measurement */
export function sized(full, small) {
  return isSmall ? small : full
}

/** Shows what is being measured. The report is on stdout. */
export function showProgress(text) {
  process.stderr.write(`${text.padEnd(100)}${process.stderr.isTTY ? '\r' : '\n'}`)
}
