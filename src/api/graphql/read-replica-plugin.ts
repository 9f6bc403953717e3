import type { ApolloServerPlugin } from '@apollo/server'
import { type Context, callerName } from '../../modules/identity/index.js'
import { lastWriteOf, recordWrite } from '../../platform/postgres/read-replica.js'

/**
 * Queries are read from the replica, unless it has not come as far as what the caller has written, in whichever process. Where
 * there is none, this does nothing.
 */
export const readFromReplica: ApolloServerPlugin<Context> = {
  async requestDidStart({ contextValue }) {
    const { sender, services, log } = contextValue
    const { db, replica } = services
    if (!replica) return undefined
    let writes = false
    return {
      async didResolveOperation({ operation }) {
        writes = operation?.operation === 'mutation'
        if (writes) return
        const written = sender ? await lastWriteOf(db, callerName(sender)) : 0n
        if (replica.hasReached(written)) contextValue.readFrom(replica)
      },
      async willSendResponse() {
        if (!writes || !sender) return
        // The change itself is done, and must not look as if it were not.
        await recordWrite(db, callerName(sender)).catch((error: Error) => log.warn({ reason: error.message }, 'a write was not recorded'))
      },
    }
  },
}
