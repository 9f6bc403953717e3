import { z } from 'zod'
import { DAY_MS } from '../../core/duration.js'
import { invalidInputError } from '../../core/errors.js'
import { parseId } from '../../core/ids.js'
import { acrossFields, multilineText, parseInputAsync, rowId } from '../../core/input.js'
import { type ConnectionArguments, readPageById } from '../../core/pagination.js'
import { keysOf } from '../../core/record.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { WebhookEndpoint } from '../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../platform/postgres/idempotency.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import { principalName, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { adaptPendingDeliveries } from './adapt-pending-deliveries.js'
import { newSecret, showSecret } from './delivery.rules.js'
import { ESCLUSE_EVENT_TYPES } from './escluse-format.js'
import { SubscribableEventType } from './event-type.enums.js'
import { notifyOfDeliveries } from './publish-event.js'
import { validateTargetUrl } from './ssrf-guard.js'
import type {
  CreateWebhookEndpointInput,
  DeleteWebhookEndpointInput,
  RotateWebhookEndpointSecretInput,
  UpdateWebhookEndpointInput,
} from './webhook.type.js'
import { WebhookFormat } from './webhook-format.enums.js'

const MAX_ENDPOINTS = 50
const PREVIOUS_SECRET_TTL_MS = DAY_MS
/** How long a repeated request gets the secret that the first one has created. */
const SECRET_SHOWN_MS = DAY_MS

const commonEndpointFields = {
  format: z.enum(WebhookFormat).nullish(),
  description: multilineText(500).nullish(),
  types: z
    .array(z.enum(SubscribableEventType, { error: `must be one of ${Object.keys(SubscribableEventType).join(', ')}` }))
    .transform((types) => [...new Set(types)])
    .nullish(),
}
function newEndpointSchema(services: Pick<Services, 'config'>) {
  return z
    .object({ url: targetUrl(services), ...commonEndpointFields, idempotencyKey })
    .refine(({ format, types }) => format !== 'ESCLUSE' || hasOnlyEscluseTypes(types ?? []), acrossFields('types', ESCLUSE_TYPES_RULE))
}

function endpointChangesSchema(services: Pick<Services, 'config'>) {
  return z.object({
    id: rowId('WebhookEndpoint'),
    url: targetUrl(services).nullish(),
    isEnabled: z.boolean().nullish(),
    ...commonEndpointFields,
  })
}

const ESCLUSE_TYPES_RULE = `must be among ${namesOf(ESCLUSE_EVENT_TYPES)}: the Escluse format has no other events`

function hasOnlyEscluseTypes(types: readonly string[]): boolean {
  return types.every((type) => ESCLUSE_EVENT_TYPES.some((known) => known === type))
}

function namesOf(types: readonly SubscribableEventType[]): string {
  return keysOf(SubscribableEventType)
    .filter((name) => types.includes(SubscribableEventType[name]))
    .join(', ')
}

/**
 * The format of an endpoint, with the types that it subscribes to. An empty list means all types, which only the
 * standard format has.
 * @throws BAD_USER_INPUT if the format does not have one of the types
 */
function subscriptionOf(format: WebhookFormat, types: readonly string[]): Pick<WebhookEndpoint, 'format' | 'types'> {
  if (format !== 'ESCLUSE') return { format, types: [...types] }
  if (!hasOnlyEscluseTypes(types)) throw invalidInputError('input.types', ESCLUSE_TYPES_RULE)
  return { format, types: types.length === 0 ? [...ESCLUSE_EVENT_TYPES] : [...types] }
}

/** A URL to which events may be sent. */
function targetUrl({ config }: Pick<Services, 'config'>) {
  const allowedUrl = z.string().superRefine(async (url, context) => {
    const problem = await validateTargetUrl(config, url)
    if (problem) context.addIssue(problem)
  })
  return z.string().max(2000).pipe(allowedUrl)
}

interface RotatedEndpoint {
  endpoint: WebhookEndpoint
  /** The new secret, which is shown only once. */
  secret: string
}

interface CreatedEndpoint {
  endpoint: WebhookEndpoint
  /** Null for a repeated request, a day after the first one or when the secret has been rotated. */
  secret: string | null
}

/** @throws BAD_USER_INPUT for a URL to which events may not be sent, and for the key of an endpoint that was deleted */
export async function createWebhookEndpoint(
  services: Pick<Services, 'clock' | 'config' | 'db'>,
  principal: UserPrincipal,
  input: CreateWebhookEndpointInput,
): Promise<CreatedEndpoint> {
  const { idempotencyKey: key, ...parsed } = await parseInputAsync(newEndpointSchema(services), 'input', input)
  const { url, description = null, types, format } = parsed
  const at = services.clock.now()
  const request = { principal: principalName(principal), operation: 'createWebhookEndpoint', key, input: parsed }
  const { endpointId } = await runOnce(services, request, async (tx) => {
    if ((await tx.webhookEndpoint.count({ where: { deletedAt: null } })) >= MAX_ENDPOINTS) {
      throw invalidInputError('input', `the maximum of ${MAX_ENDPOINTS} endpoints is reached; delete unused ones first`)
    }
    const subscribed = subscriptionOf(format ?? 'STANDARD', types ?? [])
    const endpoint = { url, description, ...subscribed, secret: newSecret(), createdAt: at, updatedAt: at }
    const created = await tx.webhookEndpoint.create({ data: { ...endpoint, lease: { create: {} } } })
    await recordEndpointChange(tx, principal, 'createWebhookEndpoint', created)
    return { endpointId: Number(created.id) }
  })
  const endpoint = await services.db.webhookEndpoint.findUniqueOrThrow({ where: { id: BigInt(endpointId) } })
  if (endpoint.deletedAt) {
    const message = `endpoint ${endpointId}, which was created with this key, has been deleted; use a new key`
    throw invalidInputError('input.idempotencyKey', message)
  }
  const isShown = endpoint.previousSecret === null && at.getTime() - endpoint.createdAt.getTime() < SECRET_SHOWN_MS
  return { endpoint, secret: isShown ? showSecret(endpoint.secret) : null }
}

/** Omitted fields do not change. @throws BAD_USER_INPUT */
export async function updateWebhookEndpoint(
  services: Pick<Services, 'clock' | 'config' | 'db'>,
  principal: UserPrincipal,
  input: UpdateWebhookEndpointInput,
): Promise<WebhookEndpoint> {
  const { id, url, description, types, format, isEnabled } = await parseInputAsync(endpointChangesSchema(services), 'input', input)
  const at = services.clock.now()
  return changeEndpoint(services, id, 'input.id', async (tx, before) => {
    const subscription = subscriptionOf(format ?? before.format, types ?? before.types)
    const endpoint = await tx.webhookEndpoint.update({
      where: { id },
      data: {
        ...(url != null && { url }),
        ...(description !== undefined && { description }),
        ...subscription,
        ...(isEnabled != null && { isEnabled }),
        updatedAt: at,
      },
    })
    const deletedDeliveries = endpoint.format === before.format ? 0 : await adaptPendingDeliveries(tx, endpoint)
    await recordEndpointChange(tx, principal, 'updateWebhookEndpoint', endpoint, deletedDeliveries)
    return endpoint
  })
}

/**
 * Deletes an endpoint with its pending deliveries; past deliveries can still be listed.
 * @throws BAD_USER_INPUT if it does not exist
 */
export function deleteWebhookEndpoint(
  services: Pick<Services, 'clock' | 'db'>,
  principal: UserPrincipal,
  { endpointId }: DeleteWebhookEndpointInput,
): Promise<WebhookEndpoint> {
  const id = parseId('input.endpointId', endpointId, 'WebhookEndpoint')
  const at = services.clock.now()
  return changeEndpoint(services, id, 'input.endpointId', async (tx) => {
    const { count } = await tx.webhookDelivery.deleteMany({ where: { endpointId: id, status: 'PENDING' } })
    const endpoint = await tx.webhookEndpoint.update({ where: { id }, data: { deletedAt: at, isEnabled: false, updatedAt: at } })
    await recordEndpointChange(tx, principal, 'deleteWebhookEndpoint', endpoint, count)
    return endpoint
  })
}

/**
 * Creates a new secret. For a day, events in the standard format are also signed with the previous one.
 * @throws BAD_USER_INPUT if the endpoint does not exist
 */
export async function rotateWebhookEndpointSecret(
  services: Pick<Services, 'clock' | 'db'>,
  principal: UserPrincipal,
  { endpointId }: RotateWebhookEndpointSecretInput,
): Promise<RotatedEndpoint> {
  const id = parseId('input.endpointId', endpointId, 'WebhookEndpoint')
  const secret = newSecret()
  const at = services.clock.now()
  const endpoint = await changeEndpoint(services, id, 'input.endpointId', async (tx, before) => {
    const previousSecretUntil = new Date(at.getTime() + PREVIOUS_SECRET_TTL_MS)
    const rotated = await tx.webhookEndpoint.update({
      where: { id },
      data: { secret, previousSecret: before.secret, previousSecretUntil, updatedAt: at },
    })
    await recordEndpointChange(tx, principal, 'rotateWebhookEndpointSecret', rotated)
    return rotated
  })
  return { endpoint, secret: showSecret(secret) }
}

/** Newest first. */
export async function listWebhookEndpoints({ db }: Pick<Services, 'db'>, page: ConnectionArguments) {
  const notDeleted = { deletedAt: null }
  const result = await readPageById(page, {
    read: ({ where, ...query }) => db.webhookEndpoint.findMany({ where: { ...where, ...notDeleted }, ...query }),
    timeOf: ({ createdAt }) => createdAt,
  })
  return { ...result, count: () => db.webhookEndpoint.count({ where: notDeleted }) }
}

/** @throws BAD_USER_INPUT if the endpoint does not exist */
export async function getEndpoint(tx: Transaction, id: bigint, field: string): Promise<WebhookEndpoint> {
  const endpoint = await tx.webhookEndpoint.findUnique({ where: { id } })
  if (!endpoint || endpoint.deletedAt) throw invalidInputError(field, `endpoint ${id} does not exist`)
  return endpoint
}

function changeEndpoint(
  { db }: Pick<Services, 'db'>,
  id: bigint,
  field: string,
  work: (tx: Transaction, before: WebhookEndpoint) => Promise<WebhookEndpoint>,
): Promise<WebhookEndpoint> {
  return runTransaction(db, async (tx) => {
    await tx.$queryRaw`SELECT id FROM event_endpoints WHERE id = ${id} FOR UPDATE`
    // A pause must take effect at once in the process that delivers to the endpoint.
    notifyOfDeliveries(tx)
    return work(tx, await getEndpoint(tx, id, field))
  })
}

async function recordEndpointChange(
  tx: Transaction,
  principal: UserPrincipal,
  action: string,
  { id, url, isEnabled, types, format, updatedAt: at }: WebhookEndpoint,
  deletedDeliveries = 0,
): Promise<void> {
  // Leave out the query, which may contain a token: audit log entries are never deleted.
  const { origin, pathname } = new URL(url)
  const details = { url: origin + pathname, isEnabled, types: types.join(','), format, deletedDeliveries }
  await recordAuditEntry(tx, { actor: principal, action, subject: `webhookEndpoint:${id}`, details, at })
}
