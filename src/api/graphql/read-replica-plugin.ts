import { principalName } from '../../modules/identity/index.js'
import { getLastWritePosition, recordWritePosition } from '../../platform/postgres/read-replica.js'
import type { OperationPlugin } from './seen-operations.js'

/**
 * Reads queries from the replica once it has replayed the last write of the principal, in whichever process
 * that was. Does nothing without a replica.
 */
export const routeReadsToReplica: OperationPlugin = {
  async requestDidStart({ contextValue }) {
    const { principal, services, log } = contextValue
    const { db, replica } = services
    if (!replica) return undefined
    let isMutation = false
    return {
      async didResolveOperation({ operation }) {
        isMutation = operation?.operation === 'mutation'
        if (isMutation) return
        const written = principal ? await getLastWritePosition(db, principalName(principal)) : 0n
        if (replica.isCaughtUpTo(written)) contextValue.useReplica(replica)
      },
      async willSendResponse() {
        if (!isMutation || !principal) return
        // The mutation has succeeded, so a failure here must not fail its response.
        await recordWritePosition(db, principalName(principal)).catch((error: Error) =>
          log.warn({ reason: error.message }, 'the position of a write was not recorded'),
        )
      },
    }
  },
}
