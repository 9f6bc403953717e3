// CPU time of other processes. Other load on the machine changes rates, but hardly the CPU time of an operation.
import { readFileSync } from 'node:fs'

/** Linux counts in hundredths of a second on all platforms. */
const TICK_MS = 10
const isAvailable = process.platform === 'linux'

/** @returns the CPU time of all threads of a process so far, milliseconds; NaN where the system has no /proc */
export function cpuOf(pid) {
  const ticks = readTicks(pid)
  return (ticks.own ?? Number.NaN) * TICK_MS
}

/** @returns the CPU time of PostgreSQL with all its processes so far, milliseconds */
export function cpuOfDatabase(pid) {
  if (!isAvailable) return Number.NaN
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  const main = readTicks(pid)
  return children.reduce((sum, child) => sum + (readTicks(child).own ?? 0), main.own + main.ended) * TICK_MS
}

/** `own`: of the process; `ended`: of its children that have ended. Empty for a process that has ended. */
function readTicks(pid) {
  if (!isAvailable) return {}
  let stat
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return {}
  }
  // The name in parentheses may contain spaces.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15)
  return { own: user + system, ended: endedUser + endedSystem }
}
