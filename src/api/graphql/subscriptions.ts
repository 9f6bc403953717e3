import { type GraphQLFieldConfig, GraphQLID, GraphQLNonNull, GraphQLObjectType, GraphQLSchema } from 'graphql'
import { DomainError } from '../../core/errors.js'
import { parseOptionalId } from '../../core/input.js'
import { isAdministrator, isApiKeyPrincipal, type Principal, type RequestContext } from '../../modules/identity/index.js'
import { orderLoader } from '../../modules/orders/index.js'
import { assertBillingEnabled, type ChangeMessage } from '../../modules/services.js'
import { loadCustomerEntitlement } from '../../modules/sync/index.js'
import { ApiKeyScope } from '../../platform/postgres/generated/enums.js'

const AUDIENCE = "yours, those of organisations in which you are owner or admin, everybody's for administrators and API keys with READ"
const TRANSPORT = 'Served at `/graphql/stream` as server-sent events (graphql-sse). After an interruption read anew what you watch.'

type SubscriptionField<A> = GraphQLFieldConfig<ChangeMessage, RequestContext, A>

/**
 * Adds GraphQL subscriptions. By hand, for type-graphql calls their root "Subscription", and that is the name by which
 * clients know what a customer has.
 */
export function withSubscriptions(schema: GraphQLSchema): GraphQLSchema {
  const of = (name: string) => new GraphQLNonNull(schema.getType(name) as GraphQLObjectType)
  const subscription = new GraphQLObjectType<ChangeMessage, RequestContext>({
    name: 'SubscriptionRoot',
    description: `What can be watched as it happens. ${TRANSPORT}`,
    fields: { orderUpdated: orderUpdated(of('Order')), limitsChanged: limitsChanged(of('HolderState')) } as never,
  })
  return new GraphQLSchema({ ...schema.toConfig(), subscription })
}

function orderUpdated(type: GraphQLNonNull<GraphQLObjectType>): SubscriptionField<{ orderId?: string | null }> {
  return {
    type,
    description: `Orders as they are placed and change: ${AUDIENCE}. ${TRANSPORT}`,
    args: { orderId: { type: GraphQLID, description: 'Only this order.' } },
    subscribe: (_root, args, context) => {
      const orderId = parseOptionalId('orderId', args.orderId)
      return subscribeToChanges(context, (message) => message.orderId !== null && (orderId === undefined || message.orderId === orderId))
    },
    resolve: (message, _args, context) => context.loader(orderLoader).load(message.orderId ?? 0),
  }
}

function limitsChanged(
  type: GraphQLNonNull<GraphQLObjectType>,
): SubscriptionField<{ userId?: string | null; organisationId?: string | null }> {
  return {
    type,
    description: `What may be used, whenever that changes: ${AUDIENCE}. ${TRANSPORT}`,
    args: {
      userId: { type: GraphQLID, description: 'Only this user.' },
      organisationId: { type: GraphQLID, description: 'Only this organisation.' },
    },
    subscribe: (_root, args, context) => {
      const userId = parseOptionalId('userId', args.userId)
      const organisationId = parseOptionalId('organisationId', args.organisationId)
      const anybody = userId === undefined && organisationId === undefined
      return subscribeToChanges(context, (message) => {
        const isAskedFor = message.organisationId === null ? message.userId === userId : message.organisationId === organisationId
        return message.orderId === null && (anybody || isAskedFor)
      })
    },
    resolve: ({ userId, organisationId }, _args, context) => loadCustomerEntitlement(context, { userId: userId ?? 0, organisationId }),
  }
}

/** @throws UNAUTHENTICATED, FORBIDDEN, FEATURE_DISABLED */
function subscribeToChanges(
  context: RequestContext,
  isAskedFor: (message: ChangeMessage) => boolean,
): AsyncIterableIterator<ChangeMessage> {
  const { requiredPrincipal: caller, services } = context
  assertBillingEnabled(services.flag)
  if (isApiKeyPrincipal(caller) && !caller.scopes.includes(ApiKeyScope.READ)) {
    throw new DomainError('FORBIDDEN', `The API key needs the scope ${ApiKeyScope.READ}`)
  }
  const messages = services.changeFeed.subscribe((message) => isAskedFor(message) && canReceive(caller, message))
  return {
    async next() {
      const result = await messages.next()
      await assertStillAllowed(services, caller)
      // The context lives as long as the stream, and what it has loaded is of the message before.
      context.clearLoaders()
      return result
    },
    return: () => messages.return?.() ?? Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** A stream outlives the request that opened it. @throws FEATURE_DISABLED, UNAUTHENTICATED for a key that was revoked since */
async function assertStillAllowed({ db, flag }: RequestContext['services'], caller: Principal): Promise<void> {
  assertBillingEnabled(flag)
  if (!isApiKeyPrincipal(caller) || (await db.apiKey.count({ where: { id: caller.keyId, revokedAt: null } })) > 0) return
  throw new DomainError('UNAUTHENTICATED', 'The API key was revoked')
}

function canReceive(caller: Principal, { userId, managers }: ChangeMessage): boolean {
  return isApiKeyPrincipal(caller) || isAdministrator(caller) || caller.userId === userId || managers.has(caller.userId)
}
