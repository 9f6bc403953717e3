// The GraphQL servers that reads are compared with.
import { installPeers } from './install-peers.mjs'
import { SECRET, startPeer } from './programs.mjs'

const LACKS = 'rate limits, query costs, organisations, metrics'

/** By the name of their file in bench/peers. */
const PEERS = {
  apollo: { name: 'Apollo Server on Express 5', lacks: LACKS },
  yoga: { name: 'GraphQL Yoga with graphql-jit on node:http', lacks: LACKS },
  mercurius: { name: 'Mercurius with its JIT on Fastify', lacks: LACKS },
  postgraphile: { name: 'PostGraphile 4 on node:http, without tokens', lacks: LACKS },
}

/**
 * @param database  with the tables of Quittance
 * @param plans  the catalog, which all but PostGraphile serve from memory
 * @returns the running peers by name, and a function that stops them
 */
export async function startGraphqlPeers(database, plans = []) {
  installPeers()
  const environment = {
    NODE_ENV: 'production',
    CONNECTION: database.peerConnection(),
    SECRET,
    SCHEMA: 'public',
    PLANS: JSON.stringify(plans),
  }
  const peers = {}
  for (const name of Object.keys(PEERS)) peers[name] = await startPeer(`graphql-${name}`, environment)
  const stop = () => Promise.all(Object.values(peers).map((peer) => peer.stop()))
  return { peers, stop }
}

/** For compare(): the results of the peers. */
export function graphqlPeers(results) {
  return Object.entries(PEERS).map(([peer, description]) => ({ ...description, result: results[peer] }))
}

/** A GraphQL request for load(). */
export function graphqlRequest(program, { query, variables, headers = {}, expect }) {
  const body = JSON.stringify({ query, variables })
  return { program, url: program.url, method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body, expect }
}
