import type { ApolloServerPlugin } from '@apollo/server'
import { principalName, type RequestContext } from '../../modules/identity/index.js'
import { getLastWritePosition, recordWritePosition } from '../../platform/postgres/read-replica.js'

/**
 * Queries are read from the replica, unless it has not come as far as what the caller has written, in whichever process. Where
 * there is none, this does nothing.
 */
export const routeReadsToReplica: ApolloServerPlugin<RequestContext> = {
  async requestDidStart({ contextValue }) {
    const { principal: sender, services, log } = contextValue
    const { db, replica } = services
    if (!replica) return undefined
    let writes = false
    return {
      async didResolveOperation({ operation }) {
        writes = operation?.operation === 'mutation'
        if (writes) return
        const written = sender ? await getLastWritePosition(db, principalName(sender)) : 0n
        if (replica.isCaughtUpTo(written)) contextValue.useReplica(replica)
      },
      async willSendResponse() {
        if (!writes || !sender) return
        // The change itself is done, and must not look as if it were not.
        await recordWritePosition(db, principalName(sender)).catch((error: Error) =>
          log.warn({ reason: error.message }, 'a write was not recorded'),
        )
      },
    }
  },
}
