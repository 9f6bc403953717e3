import { formatTable } from './timeline.mjs'

const MAX_SHOWN = 3
const LABELS = {
  grants: 'grants',
  cancelled: 'cancelled grants',
  credits: 'credit notes',
  webhooks: 'webhooks',
  subscriptions: 'renewed subscriptions',
  changes: 'plan changes at providers',
  refunds: 'refunds at providers',
  checkouts: 'checkouts of the sandbox',
  orders: 'placed orders',
  activations: 'purchases and plan changes by invoice',
  payments: 'payments',
  reversals: 'reversals',
  manualRefunds: 'refunds by administrators',
  payouts: 'confirmed payouts',
  grantedCredit: 'grants of credit',
  cancellations: 'cancelled plans',
}

/** Prints the table of faults if there were any, what clients saw, and every rule. @returns whether all rules hold */
export function printResult({ findings, summary, missing, client, servers, acknowledged, receiver }) {
  const crashes = servers.flatMap((server) => server.crashes)
  const rules = {
    ...findings,
    'every response is a result, an expected refusal or 503 with Retry-After': [...new Set(client.wrong)],
    'no INTERNAL_SERVER_ERROR': client.countInternalErrors() === 0 ? [] : [`${client.countInternalErrors()} responses`],
    'no server crashes': crashes,
  }
  console.log(summary ? `\n${formatTable(summary, missing)}\n` : '')
  console.log(`acknowledged: ${describe(acknowledged)}; ${receiver.received.length} events received`)
  console.log(`the servers were started ${servers.map(({ starts }) => starts).join(' and ')} times and crashed ${crashes.length} times`)
  console.log(`errors that clients saw: ${describeCodes(client.codes)}`)
  console.log(describeUnavailable(client.unavailableSeconds), '\n')
  for (const [rule, found] of Object.entries(rules)) console.log(describeRule(rule, found))
  const isGood = Object.values(rules).every((found) => found.length === 0)
  if (!isGood) for (const line of servers.flatMap(({ errors }) => errors).slice(0, MAX_SHOWN)) console.log(`logged: ${line}`)
  return isGood
}

function describe({ claims, reads, documents, ...work }) {
  const claimed = [...claims.values()].reduce((sum, mine) => sum + mine.size, 0)
  const counts = Object.entries(work).map(([name, { size }]) => `${size} ${LABELS[name]}`)
  return [...counts, `${claimed} claims`, `${reads} reads`, `${documents} documents`].join(', ')
}

function describeCodes(codes) {
  const sorted = [...codes].toSorted(([, one], [, other]) => other - one)
  return sorted.map(([code, count]) => `${code} ${count}`).join(', ') || 'none'
}

function describeUnavailable(seconds) {
  const sorted = seconds.toSorted((one, other) => one - other)
  const at = (share) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(2)
  return `DATABASE_UNAVAILABLE after: median ${at(0.5)} s, maximum ${at(1)} s`
}

function describeRule(rule, found) {
  const examples = found.length > 0 ? ` (${found.length}): ${found.slice(0, MAX_SHOWN).join(', ')}` : ''
  return `${found.length === 0 ? 'holds ' : 'BROKEN'}  ${rule}${examples}`
}
