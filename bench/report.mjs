// docs/performance.md from the results of all parts.
import { table, times, wrap } from './format.mjs'

const FASTER = 1
/** A difference within the noise of a run. */
const NOTABLE = 0.97

/** @param parts  `{ title, machine, date, summary }`, with what `summarize` of the part returns */
export function writeReport(parts) {
  const goals = parts.flatMap(({ summary }) => summary.goals ?? [])
  return wrap(`# Performance

Written by \`npm run bench\`, which starts all peers itself and lets them take turns. Compare the ratios: absolute numbers depend on the
machine. Rates are the median of the rounds, with the slowest and the fastest in parentheses. CPU time is that of one operation; other
load changes it less. SQL statements are those until the response, without BEGIN and COMMIT. The load generator has 16 connections and
runs on the same machine. Quittance is one process under production rules with tokens, rate limits and query costs.
Measured on ${unique(parts, 'machine')}, ${unique(parts, 'date')}.

${table([['work', 'result', 'goal', 'reached'], ...goals.map(goalRow)])}

## Where a peer is faster

${fasterPeers(parts.flatMap(({ summary }) => summary.comparisons ?? []))}

${parts.map(writeSection).join('\n\n')}
`)
}

export function writeSection({ title, summary }) {
  return wrap(`## ${title}\n\n${summary.text}`)
}

function goalRow({ work, result, goal, isMet }) {
  return [work, `**${result}**`, goal, isMet ? 'yes' : '**no**']
}

/** A peer that has the higher rate or needs less CPU time of Node. */
function fasterPeers(comparisons) {
  const lost = comparisons.filter(({ rate, nodeCpu }) => rate < NOTABLE || nodeCpu > FASTER / NOTABLE)
  if (lost.length === 0) return 'No peer was faster or needed less CPU time of Node.'
  const rows = lost
    .toSorted((one, other) => one.rate - other.rate)
    .map(({ work, peer, rate, nodeCpu, lacks }) => [work, peer, `**${times(rate)}**`, times(nodeCpu), lacks])
  return `Of ${comparisons.length} comparisons, these ${lost.length} have a peer with a higher rate or less CPU time of Node.

${table([['work', 'peer', "Quittance's rate", 'its Node CPU', 'what the peer does not do'], ...rows])}`
}

function unique(parts, name) {
  return [...new Set(parts.map((part) => part[name]))].sort().join('; ')
}
