import { type Ask, createClient, Refusal } from './client.js'
import type { DesiredStateQuery } from './gql/graphql.js'
import {
  APPLY_PLAN,
  CANCEL_PLAN,
  CLAIM,
  CREATE_ENDPOINT,
  CREATE_KEY,
  DELETE_ENDPOINT,
  DESIRED_STATE,
  PLANS,
  RELEASE,
  REVOKE_KEY,
  SYNC_USERS,
} from './operations.js'
import { EventReceiver, type QuittanceEvent } from './receive-events.js'

const URL = process.env.QUITTANCE_URL ?? 'http://localhost:4000'
const USER = { id: '9001', name: 'Mary Somerville', email: 'mary@example.com' }
const SERVER = { userId: USER.id, memory: 512, disk: 1024, cpu: 50 }

/** A panel, from its first key to its first event. */
async function main(): Promise<void> {
  const administrator = createClient(URL, required('ADMIN_TOKEN'))
  const receiver = new EventReceiver()
  const { key, keyId, endpointId } = await setUp(administrator, receiver)
  const panel = createClient(URL, key)
  const claimed: string[] = []
  try {
    await syncUsers(panel)
    await claimUntilRefused(panel, claimed)
    await hearOfUpgrade(administrator, receiver)
    await claim(panel, claimed)
    await reconcile(panel)
  } finally {
    for (const externalId of claimed) await panel(RELEASE, { externalId })
    await administrator(CANCEL_PLAN, { input: { userId: USER.id } })
    await administrator(DELETE_ENDPOINT, { id: endpointId })
    await administrator(REVOKE_KEY, { id: keyId })
    receiver.close()
  }
  say('Done', 'servers released, endpoint and key removed')
}

/** What an administrator does once. */
async function setUp(administrator: Ask, receiver: EventReceiver) {
  const { createApiKey } = await administrator(CREATE_KEY, { input: { name: 'example panel', scopes: ['CLAIMS', 'SYNC', 'READ'] } })
  say('API key', `number ${createApiKey.apiKey.id}, may claim, sync and read`)
  const url = await receiver.listen()
  const { createEventEndpoint } = await administrator(CREATE_ENDPOINT, {
    input: { url, description: 'example panel', types: ['limits.changed'] },
  })
  receiver.trust(createEventEndpoint.secret)
  say('Events', `limits.changed goes to ${url}`)
  return { key: createApiKey.key, keyId: createApiKey.apiKey.id, endpointId: createEventEndpoint.endpoint.id }
}

async function syncUsers(panel: Ask): Promise<void> {
  const { upsertUsers } = await panel(SYNC_USERS, { users: [USER] })
  for (const { id, name, portalTier } of upsertUsers.users) say('Synced', `user ${id}, ${name}, ${portalTier}`)
}

/** As somebody who clicks "New server" once more than the plan allows. */
async function claimUntilRefused(panel: Ask, claimed: string[]): Promise<void> {
  for (;;) {
    try {
      await claim(panel, claimed)
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'PLAN_LIMIT_EXCEEDED') throw error
      say('Refused', error.message)
      say('Upgrade', String(error.extensions.upgradeUrl))
      return
    }
  }
}

async function claim(panel: Ask, claimed: string[]): Promise<void> {
  const externalId = `example-${USER.id}-${claimed.length + 1}`
  const { claimServer } = await panel(CLAIM, { input: { externalId, ...SERVER } })
  claimed.push(externalId)
  const servers = claimServer.usage.find(({ resource }) => resource === 'SERVERS')
  say('Claimed', `${externalId}: ${servers?.used} of ${servers?.limit ?? 'any number of'} servers`)
}

/** Somebody buys more, and the panel hears of it. */
async function hearOfUpgrade(administrator: Ask, receiver: EventReceiver): Promise<void> {
  const { plans } = await administrator(PLANS)
  const starter = plans.find(({ slug }) => slug === 'starter')
  if (!starter) throw new Error('the catalogue has no plan "starter": run this against the demo data of npm start')
  const heard = receiver.next()
  await administrator(APPLY_PLAN, { input: { userId: USER.id, planId: starter.id } })
  say('Bought', `${starter.name}, for ${starter.serverLimit} servers`)
  const { type, data } = await within(30_000, heard)
  say('Heard', `${type}, signature verified: user ${data.userId} may have ${data.limits?.serverLimit} servers on ${data.plan}`)
}

/** Everything once more, page by page: whatever was missed is found here. */
async function reconcile(panel: Ask): Promise<void> {
  const holders: DesiredStateQuery['desiredState']['nodes'] = []
  let after: string | null | undefined = null
  do {
    const { desiredState }: DesiredStateQuery = await panel(DESIRED_STATE, { after })
    holders.push(...desiredState.nodes)
    after = desiredState.pageInfo.hasNextPage ? desiredState.pageInfo.endCursor : null
  } while (after)
  for (const { user, organisation, plan, limits } of holders) {
    const who = user ? `user ${user.id}` : `organisation ${organisation?.id}`
    say('State', `${who}: ${plan?.name ?? 'no plan'}, ${limits.serverLimit ?? 'any number of'} servers, ${limits.memory ?? 'any'} MB`)
  }
}

function within(milliseconds: number, event: Promise<QuittanceEvent>): Promise<QuittanceEvent> {
  const late = new Promise<never>((_done, fail) => {
    setTimeout(() => fail(new Error('no event has come')), milliseconds).unref()
  })
  return Promise.race([event, late])
}

function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: run the example by npm run example`)
  return value
}

function say(what: string, details: string): void {
  console.log(`${what.padEnd(8)} ${details}`)
}

await main().catch((error: Error) => {
  const refused = (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED'
  console.error(refused ? `Nothing answers at ${URL}: run npm start in another terminal first, or set QUITTANCE_URL` : error.message)
  process.exitCode = 1
})
