import { createClient } from '@quittance/client'
import { graphql } from './gql/index.js'

const LIMITS = graphql(`
  query MyLimits {
    me {
      id
      limits {
        memory
        serverLimit
      }
    }
  }
`)

/** The result has the type of the operation. */
export async function describeLimits(url: string, token: string): Promise<string> {
  const { me } = await createClient({ url, token }).request(LIMITS)
  return `${me?.id}: ${me?.limits.serverLimit ?? 'any number of'} servers`
}
