import { type GraphQLFieldConfig, GraphQLID, GraphQLNonNull, GraphQLObjectType, GraphQLSchema } from 'graphql'
import { DomainError } from '../../core/errors.js'
import { parseOptionalId } from '../../core/input.js'
import { type Caller, type Context, isAdministrator, isService } from '../../modules/identity/index.js'
import { orderLoader } from '../../modules/orders/index.js'
import { type LiveMessage, requireBilling } from '../../modules/services.js'
import { holderState } from '../../modules/sync/index.js'
import { ApiKeyScope } from '../../platform/postgres/generated/enums.js'

const WHOSE = "yours, those of organisations in which you are owner or admin, everybody's for administrators and API keys with READ"
const HOW = 'Served at `/graphql/stream` as server-sent events (graphql-sse). After an interruption read anew what you watch.'

type Field<A> = GraphQLFieldConfig<LiveMessage, Context, A>

/**
 * Adds GraphQL subscriptions. By hand, for type-graphql calls their root "Subscription", and that is the name by which
 * clients know what a customer has.
 */
export function withSubscriptions(schema: GraphQLSchema): GraphQLSchema {
  const of = (name: string) => new GraphQLNonNull(schema.getType(name) as GraphQLObjectType)
  const subscription = new GraphQLObjectType<LiveMessage, Context>({
    name: 'SubscriptionRoot',
    description: `What can be watched as it happens. ${HOW}`,
    fields: { orderUpdated: orderUpdated(of('Order')), limitsChanged: limitsChanged(of('HolderState')) } as never,
  })
  return new GraphQLSchema({ ...schema.toConfig(), subscription })
}

function orderUpdated(type: GraphQLNonNull<GraphQLObjectType>): Field<{ orderId?: string | null }> {
  return {
    type,
    description: `Orders as they are placed and change: ${WHOSE}. ${HOW}`,
    args: { orderId: { type: GraphQLID, description: 'Only this order.' } },
    subscribe: (_root, args, context) => {
      const orderId = parseOptionalId('orderId', args.orderId)
      return watch(context, (message) => message.orderId !== null && (orderId === undefined || message.orderId === orderId))
    },
    resolve: (message, _args, context) => context.loader(orderLoader).load(message.orderId ?? 0),
  }
}

function limitsChanged(type: GraphQLNonNull<GraphQLObjectType>): Field<{ userId?: string | null; organisationId?: string | null }> {
  return {
    type,
    description: `What may be used, whenever that changes: ${WHOSE}. ${HOW}`,
    args: {
      userId: { type: GraphQLID, description: 'Only this user.' },
      organisationId: { type: GraphQLID, description: 'Only this organisation.' },
    },
    subscribe: (_root, args, context) => {
      const userId = parseOptionalId('userId', args.userId)
      const organisationId = parseOptionalId('organisationId', args.organisationId)
      const anybody = userId === undefined && organisationId === undefined
      return watch(context, (message) => {
        const isAskedFor = message.organisationId === null ? message.userId === userId : message.organisationId === organisationId
        return message.orderId === null && (anybody || isAskedFor)
      })
    },
    resolve: ({ userId, organisationId }, _args, context) => holderState(context, { userId: userId ?? 0, organisationId }),
  }
}

/** @throws UNAUTHENTICATED, FORBIDDEN, FEATURE_DISABLED */
function watch(context: Context, isAskedFor: (message: LiveMessage) => boolean): AsyncIterableIterator<LiveMessage> {
  const { caller, services } = context
  requireBilling(services.flag)
  if (isService(caller) && !caller.scopes.includes(ApiKeyScope.READ)) {
    throw new DomainError('FORBIDDEN', `The API key needs the scope ${ApiKeyScope.READ}`)
  }
  const messages = services.live.watch((message) => isAskedFor(message) && mayHear(caller, message))
  return {
    async next() {
      const result = await messages.next()
      await requireStillAllowed(services, caller)
      // The context lives as long as the stream, and what it has loaded is of the message before.
      context.forget()
      return result
    },
    return: () => messages.return?.() ?? Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** A stream outlives the request that opened it. @throws FEATURE_DISABLED, UNAUTHENTICATED for a key that was revoked since */
async function requireStillAllowed({ db, flag }: Context['services'], caller: Caller): Promise<void> {
  requireBilling(flag)
  if (!isService(caller) || (await db.apiKey.count({ where: { id: caller.keyId, revokedAt: null } })) > 0) return
  throw new DomainError('UNAUTHENTICATED', 'The API key was revoked')
}

function mayHear(caller: Caller, { userId, managers }: LiveMessage): boolean {
  return isService(caller) || isAdministrator(caller) || caller.userId === userId || managers.has(caller.userId)
}
