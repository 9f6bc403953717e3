/** What the load balancer and the clients noticed of each fault. */
export class Timeline {
  /** { name, start, end }: when it was injected and when it was over. */
  #faults = []

  /** Injects a fault. @param inject  breaks something, waits and restores it */
  async record(name, inject) {
    const fault = { name, start: Date.now(), end: Number.POSITIVE_INFINITY }
    this.#faults.push(fault)
    await inject()
    fault.end = Date.now()
    return fault
  }

  /**
   * @param checks  of /readyz: { at, server, isReady }; @param writes  acknowledged: { at, server }
   * @returns one row per kind of fault
   */
  summarize(checks, writes, servers) {
    const rows = new Map()
    for (const [index, { name, start, end }] of this.#faults.entries()) {
      const until = this.#faults[index + 1]?.start ?? Date.now()
      const notReady = servers.map((server) => notReadySeconds(select(checks, server, start, until)))
      const row = rows.get(name) ?? { count: 0, notReady: servers.map(() => 0), withoutWrite: 0, untilAllWrite: 0 }
      rows.set(name, {
        count: row.count + 1,
        // The same kind of fault can affect another server each time.
        notReady: row.notReady.map((seconds, place) => Math.max(seconds, notReady.toSorted((one, other) => other - one)[place])),
        withoutWrite: Math.max(row.withoutWrite, maxGapSeconds(writes, start, until)),
        untilAllWrite: Math.max(
          row.untilAllWrite,
          ...servers.map((server) => secondsToFirst(select(writes, server, end, until), end, until)),
        ),
      })
    }
    return rows
  }
}

function select(entries, server, from, to) {
  return entries.filter((entry) => entry.server === server && entry.at >= from && entry.at <= to)
}

/** How long a server was not ready, as far as its checks show. */
function notReadySeconds(checks) {
  return checks.reduce((sum, { at, isReady }, index) => (isReady ? sum : sum + ((checks[index + 1]?.at ?? at) - at) / 1000), 0)
}

function maxGapSeconds(writes, from, to) {
  const times = [from, ...writes.map(({ at }) => at).filter((at) => at > from && at < to), to]
  return Math.max(...times.slice(1).map((at, index) => at - times[index])) / 1000
}

function secondsToFirst([first], from, until) {
  return ((first?.at ?? until) - from) / 1000
}

/** Formats the rows as a table. @param missing  name of a fault that was not injected -> the reason */
export function formatTable(rows, missing) {
  const seconds = (value) => `${value.toFixed(1)} s`
  const lines = [['fault', 'times', 'not ready, by server', 'no write for', 'all servers write after']]
  for (const [name, { count, notReady, withoutWrite, untilAllWrite }] of rows) {
    const affected = notReady.filter((value) => value > 0)
    const readiness = affected.length === 0 ? 'no' : affected.map(seconds).join(' and ')
    lines.push([name, String(count), readiness, seconds(withoutWrite), seconds(untilAllWrite)])
  }
  for (const [name, reason] of Object.entries(missing)) lines.push([name, '0', `not run: ${reason}`, '', ''])
  const widths = lines[0].map((_, column) =>
    Math.max(...lines.filter((line) => column === 0 || line[3] !== '').map((line) => line[column].length)),
  )
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
