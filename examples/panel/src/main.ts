import { createClient, type QuittanceClient, QuittanceError } from '@quittance/client'
import {
  ApplyPlanDocument,
  CancelPlanDocument,
  ClaimServerDocument,
  CreateApiKeyDocument,
  CreateWebhookEndpointDocument,
  DeleteWebhookEndpointDocument,
  EntitlementsDocument,
  type EntitlementsQuery,
  PlansDocument,
  ReleaseServerDocument,
  RevokeApiKeyDocument,
  SuspendSubscriptionDocument,
  UnsuspendSubscriptionDocument,
  UpsertUsersDocument,
  UserSubscriptionDocument,
} from '@quittance/client/operations'
import type { WebhookEvent } from '@quittance/client/webhooks'
import { EventReceiver } from './receive-events.js'

const QUITTANCE_URL = process.env.QUITTANCE_URL ?? 'http://localhost:4000'
const USER = { id: '9001', name: 'Mary Somerville', email: 'mary@example.com' }
const SERVER = { userId: USER.id, memory: 512, disk: 1024, cpu: 50 }

/** Plays a panel: from creating its API key to receiving its first event. */
async function main(): Promise<void> {
  const administrator = createClient({ url: QUITTANCE_URL, token: requireVariable('ADMIN_TOKEN') })
  const receiver = new EventReceiver()
  const { key, keyId, endpointId } = await setUp(administrator, receiver)
  const panel = createClient({ url: QUITTANCE_URL, apiKey: key })
  const claimed: string[] = []
  try {
    await syncUsers(panel)
    await claimUntilRefused(panel, claimed)
    await receiveUpgrade(administrator, receiver)
    await claim(panel, claimed)
    await suspendAndResume(administrator, receiver, claimed)
    await reconcile(panel)
  } finally {
    for (const externalId of claimed) await panel.request(ReleaseServerDocument, { input: { externalId } })
    await administrator.request(CancelPlanDocument, { input: { userId: USER.id } })
    await administrator.request(DeleteWebhookEndpointDocument, { input: { endpointId } })
    await administrator.request(RevokeApiKeyDocument, { input: { apiKeyId: keyId } })
    receiver.close()
  }
  report('Done', 'servers released, endpoint and key removed')
}

/** The steps that an administrator does once: an API key and an endpoint for events. */
async function setUp(administrator: QuittanceClient, receiver: EventReceiver) {
  const { createApiKey } = await administrator.request(CreateApiKeyDocument, {
    input: { name: 'example panel', scopes: ['CLAIMS', 'SYNC', 'READ'] },
  })
  if (createApiKey.key === null) throw new Error('The key was created by an earlier request; revoke it and create another')
  report('API key', `${createApiKey.apiKey.id} with the scopes CLAIMS, SYNC and READ`)
  const url = await receiver.listen()
  const { createWebhookEndpoint } = await administrator.request(CreateWebhookEndpointDocument, {
    input: { url, description: 'example panel', types: ['LIMITS_CHANGED', 'SUBSCRIPTION_SUSPENDED', 'SUBSCRIPTION_RESUMED'] },
  })
  if (createWebhookEndpoint.secret === null) throw new Error('The endpoint was created by an earlier request; delete it and create another')
  receiver.useSecret(createWebhookEndpoint.secret)
  report('Events', `limits.changed, subscription.suspended and subscription.resumed are sent to ${url}`)
  return { key: createApiKey.key, keyId: createApiKey.apiKey.id, endpointId: createWebhookEndpoint.endpoint.id }
}

async function syncUsers(panel: QuittanceClient): Promise<void> {
  const { upsertUsers } = await panel.request(UpsertUsersDocument, { input: { users: [USER] } })
  for (const { id, name, portalTier } of upsertUsers.users) report('Synced', `${id}, ${name}, ${portalTier}`)
}

/** Claims servers until the plan does not allow another one. */
async function claimUntilRefused(panel: QuittanceClient, claimed: string[]): Promise<void> {
  for (;;) {
    try {
      await claim(panel, claimed)
    } catch (error) {
      if (!(error instanceof QuittanceError) || error.code !== 'PLAN_LIMIT_EXCEEDED') throw error
      report('Refused', error.message)
      report('Upgrade', String(error.extensions.upgradeUrl))
      return
    }
  }
}

async function claim(panel: QuittanceClient, claimed: string[]): Promise<void> {
  const externalId = `example-${USER.id}-${claimed.length + 1}`
  const { claimServer } = await panel.request(ClaimServerDocument, { input: { externalId, ...SERVER } })
  claimed.push(externalId)
  const servers = claimServer.usage.find(({ resource }) => resource === 'SERVERS')
  report('Claimed', `${externalId}: ${servers?.used} of ${servers?.limit ?? 'any number of'} servers`)
}

/** Applies a bigger plan, and waits for the event that notifies the panel. */
async function receiveUpgrade(administrator: QuittanceClient, receiver: EventReceiver): Promise<void> {
  const { plans } = await administrator.request(PlansDocument)
  const starter = plans.find(({ slug }) => slug === 'starter')
  if (!starter) throw new Error('The catalog has no plan "starter": run this example against the demo data of npm start')
  const nextEvent = receiver.next('limits.changed')
  await administrator.request(ApplyPlanDocument, { input: { userId: USER.id, planId: starter.id } })
  report('Bought', `${starter.name}, for ${starter.serverLimit} servers`)
  const event = await withTimeout(30_000, nextEvent)
  const { userId, limits, plan } = event.data
  report('Received', `${event.type}, signature verified: user ${userId} may have ${limits.serverLimit} servers on ${plan}`)
}

/**
 * Suspends the customer and lets the customer continue. A panel reacts to the events, whatever the reason is: an invoice
 * that stays unpaid has the same effect.
 */
async function suspendAndResume(administrator: QuittanceClient, receiver: EventReceiver, claimed: readonly string[]): Promise<void> {
  const { user } = await administrator.request(UserSubscriptionDocument, { id: USER.id })
  const subscriptionId = user?.subscription?.id
  if (!subscriptionId) throw new Error('The user has no subscription')
  const suspended = receiver.next('subscription.suspended')
  await administrator.request(SuspendSubscriptionDocument, { input: { subscriptionId, reason: 'ADMIN' } })
  const { data } = await withTimeout(30_000, suspended)
  report('Stopped', `${claimed.length} servers, because of subscription.suspended with the reason ${data.reason}`)
  const resumed = receiver.next('subscription.resumed')
  await administrator.request(UnsuspendSubscriptionDocument, { input: { subscriptionId } })
  await withTimeout(30_000, resumed)
  report('Started', `${claimed.length} servers, because of subscription.resumed`)
}

/** Reads the state of all customers page by page, which also covers events that the panel has missed. */
async function reconcile(panel: QuittanceClient): Promise<void> {
  const customers: EntitlementsQuery['entitlements']['nodes'] = []
  let after: string | null | undefined = null
  do {
    const { entitlements }: EntitlementsQuery = await panel.request(EntitlementsDocument, { after })
    customers.push(...entitlements.nodes)
    after = entitlements.pageInfo.hasNextPage ? entitlements.pageInfo.endCursor : null
  } while (after)
  for (const { customer, plan, limits } of customers) {
    report(
      'State',
      `${customer.id}: ${plan?.name ?? 'no plan'}, ${limits.serverLimit ?? 'any number of'} servers, ${limits.memory ?? 'any'} MB`,
    )
  }
}

function withTimeout<E extends WebhookEvent>(milliseconds: number, event: Promise<E>): Promise<E> {
  const timeout = new Promise<never>((_done, fail) => {
    setTimeout(() => fail(new Error(`No event was received within ${milliseconds / 1000} seconds`)), milliseconds).unref()
  })
  return Promise.race([event, timeout])
}

function requireVariable(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: run the example with npm run example`)
  return value
}

function report(step: string, details: string): void {
  console.log(`${step.padEnd(8)} ${details}`)
}

await main().catch((error: Error) => {
  const isUnreachable = (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED'
  console.error(
    isUnreachable ? `No server responds at ${QUITTANCE_URL}: run npm start in another terminal first, or set QUITTANCE_URL` : error.message,
  )
  process.exitCode = 1
})
