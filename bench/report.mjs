// docs/performance.md from the results of all parts.
import { table, times, wrap } from './format.mjs'

/** A difference within the noise of a run. */
const NOISE = 0.03

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

/** The peers that have a higher rate or need less CPU time of Node, by work. */
function fasterPeers(comparisons) {
  const faster = comparisons
    .filter(({ rate, nodeCpu }) => rate < 1 - NOISE || nodeCpu > 1 + NOISE)
    .toSorted((one, other) => one.rate - other.rate)
  if (faster.length === 0) return 'No peer was faster or needed less CPU time of Node.'
  const works = [...new Set(faster.map(({ work }) => work))]
  const rows = works.map((work) => {
    const peers = faster.filter((each) => each.work === work)
    const lacks = [...new Set(peers.map((each) => each.lacks))].join('; ')
    return [work, peers.map(ratios).join('; '), lacks]
  })
  return `Of ${comparisons.length} comparisons, these ${faster.length} have a peer with a higher rate or less CPU time of Node. The ratios are Quittance's rate and Node CPU.

${table([['work', 'peers', 'what they do not do'], ...rows])}`
}

function ratios({ peer, rate, nodeCpu }) {
  const cpu = times(nodeCpu)
  return `${peer}: **${times(rate)}**${cpu && `, CPU ${cpu}`}`
}

function unique(parts, name) {
  return [...new Set(parts.map((part) => part[name]))].sort().join('; ')
}
