import { type GraphQLFieldConfig, GraphQLID, GraphQLNonNull, GraphQLObjectType, GraphQLSchema } from 'graphql'
import { DomainError, UNAUTHENTICATED } from '../../core/errors.js'
import { parseOptionalId, parseOptionalOrganisationId, parseOptionalUserId } from '../../core/ids.js'
import { ApiKeyScope, isAdministrator, isApiKeyPrincipal, type Principal, type RequestContext, USER } from '../../modules/identity/index.js'
import { orderLoader } from '../../modules/orders/index.js'
import type { ChangeMessage } from '../../modules/services.js'
import { assertBillingEnabled } from '../../modules/settings/index.js'
import { loadCustomerEntitlement } from '../../modules/sync/index.js'
import { assertAuthorized, withRoles } from './access.js'

const AUDIENCE = 'your own, and those of organisations where you are an owner or admin; administrators and API keys with READ receive all'
const TRANSPORT =
  'Served at `/graphql/stream` as server-sent events (graphql-sse) and at `/graphql` over WebSocket (graphql-ws). After an interruption, query the current state again.'

const ROLES = [USER, ApiKeyScope.READ]
const PRINCIPALS = 'Requires a signed-in user or an API key with the READ scope.'

type SubscriptionField<A> = GraphQLFieldConfig<ChangeMessage, RequestContext, A>

/** Adds the GraphQL subscriptions without type-graphql, which would subscribe through a PubSub of its own. */
export function withSubscriptions(schema: GraphQLSchema): GraphQLSchema {
  const nonNull = (name: string) => new GraphQLNonNull(schema.getType(name) as GraphQLObjectType)
  const subscription = new GraphQLObjectType<ChangeMessage, RequestContext>({
    name: 'Subscription',
    description: `Notifies of changes as they happen. ${TRANSPORT}`,
    fields: { orderUpdated: orderUpdated(nonNull('Order')), limitsChanged: limitsChanged(nonNull('Entitlement')) },
  })
  return new GraphQLSchema({ ...schema.toConfig(), subscription })
}

function orderUpdated(type: GraphQLNonNull<GraphQLObjectType>): SubscriptionField<{ orderId?: string | null }> {
  return {
    type,
    description: `An order was placed or has changed: ${AUDIENCE}. ${TRANSPORT} ${PRINCIPALS}`,
    extensions: withRoles(ROLES),
    args: { orderId: { type: GraphQLID, description: 'Only this order.' } },
    subscribe: (_root, args, context) => {
      const orderId = parseOptionalId('orderId', args.orderId, 'Order')
      return subscribeToChanges(context, (message) => message.orderId !== null && (orderId === undefined || message.orderId === orderId))
    },
    resolve: (message, _args, context) => context.loader(orderLoader).load(message.orderId ?? 0n),
  }
}

function limitsChanged(
  type: GraphQLNonNull<GraphQLObjectType>,
): SubscriptionField<{ userId?: string | null; organisationId?: string | null }> {
  return {
    type,
    description: `The entitlement of a customer has changed: ${AUDIENCE}. ${TRANSPORT} ${PRINCIPALS}`,
    extensions: withRoles(ROLES),
    args: {
      userId: { type: GraphQLID, description: 'Only this user.' },
      organisationId: { type: GraphQLID, description: 'Only this organisation.' },
    },
    subscribe: (_root, args, context) => {
      const userId = parseOptionalUserId('userId', args.userId)
      const organisationId = parseOptionalOrganisationId('organisationId', args.organisationId)
      const isUnfiltered = userId === undefined && organisationId === undefined
      return subscribeToChanges(context, (message) => {
        const isSelected = message.organisationId === null ? message.userId === userId : message.organisationId === organisationId
        return message.orderId === null && (isUnfiltered || isSelected)
      })
    },
    resolve: ({ userId, organisationId }, _args, context) => loadCustomerEntitlement(context, { userId: userId ?? '', organisationId }),
  }
}

/** @throws UNAUTHENTICATED, FORBIDDEN, FEATURE_DISABLED */
function subscribeToChanges(
  context: RequestContext,
  isRelevant: (message: ChangeMessage) => boolean,
): AsyncIterableIterator<ChangeMessage> {
  const { requiredPrincipal: principal, services } = context
  assertBillingEnabled(services.flag)
  assertAuthorized(context, ROLES)
  const messages = services.changeFeed.subscribe((message) => isRelevant(message) && canReceive(principal, message))
  return {
    async next() {
      const result = await messages.next()
      await assertStillAllowed(services, principal)
      // The context lives as long as the stream, and its loaders still hold the data of the previous message.
      context.clearLoaders()
      return result
    },
    return: () => messages.return?.() ?? Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/**
 * Repeats the checks of the request, because a stream lasts longer than the request that opened it.
 * @throws FEATURE_DISABLED, UNAUTHENTICATED for a revoked API key and for the ended session of a page
 */
async function assertStillAllowed({ db, flag }: RequestContext['services'], principal: Principal): Promise<void> {
  assertBillingEnabled(flag)
  if (isApiKeyPrincipal(principal)) {
    const count = await db.apiKey.count({ where: { id: principal.keyId, revokedAt: null } })
    if (count === 0) throw new DomainError(UNAUTHENTICATED, 'The API key was revoked')
  } else if (principal.pageSessionId !== undefined) {
    const count = await db.pageSession.count({ where: { id: principal.pageSessionId, endedAt: null } })
    if (count === 0) throw new DomainError(UNAUTHENTICATED, 'The session of the page has ended')
  }
}

function canReceive(principal: Principal, { userId, managers }: ChangeMessage): boolean {
  return isApiKeyPrincipal(principal) || isAdministrator(principal) || principal.userId === userId || managers.has(principal.userId)
}
