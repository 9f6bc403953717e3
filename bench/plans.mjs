// The catalog over HTTP, compared with Apollo on Express 5 serving the same plans from memory.
import { raceHttp } from './http.mjs'
import { startPeer, token } from './programs.mjs'

const PLANS = 12
const QUERY = '{ plans { id slug name type price { minorUnits formatted currency } memory disk cpu serverLimit } }'

/** @param quittance  a running server, which gets the plans */
export async function benchPlans(quittance) {
  for (let number = 1; number <= PLANS; number += 1) await createPlan(quittance, number)
  const { data } = await sendOperation(quittance.url, { query: QUERY }, quittance.administrator)
  const peer = await startPeer('apollo-express', { NODE_ENV: 'production', PLANS: JSON.stringify(data.plans) })
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
    expect: '"plan-12"',
  }
  const signedIn = { ...request, headers: { ...request.headers, authorization: `Bearer ${await token('7')}` } }
  const results = await raceHttp('plans', {
    anonymous: { url: quittance.url, ...request },
    signedIn: { url: quittance.url, ...signedIn },
    minimal: { url: quittance.url, ...signedIn, body: JSON.stringify({ query: '{ billingEnabled }' }), expect: 'true' },
    peer: { url: peer.url, ...request },
  })
  await peer.stop()
  return { bytes: JSON.stringify({ data }).length, ...results }
}

function createPlan(quittance, number) {
  const input = {
    slug: `plan-${number}`,
    name: `Plan ${number}`,
    type: 'PAID',
    price: { minorUnits: number * 500, currency: 'USD' },
    memory: 1024 * number,
    disk: 10_240,
    cpu: 100,
  }
  const query = 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }'
  return sendOperation(quittance.url, { query, variables: { input: { ...input, serverLimit: number } } }, quittance.administrator)
}

/** Sends a GraphQL operation. @throws when the response contains errors */
export async function sendOperation(url, body, token) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  const result = await response.json()
  if (result.errors) throw new Error(JSON.stringify(result.errors))
  return result
}
