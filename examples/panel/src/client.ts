import type { TypedDocumentString } from './gql/graphql.js'

/**
 * An error that Quittance returned. `code` identifies its kind, and `extensions` has the details of that
 * kind.
 */
export class QuittanceError extends Error {
  readonly code: string
  readonly extensions: Readonly<Record<string, unknown>>

  constructor(message: string, extensions: Readonly<Record<string, unknown>>) {
    super(message)
    this.code = String(extensions.code)
    this.extensions = extensions
  }
}

interface GraphQLResponse<T> {
  data?: T | null
  errors?: { message: string; extensions: Record<string, unknown> }[]
}

export type Execute = <T, V>(operation: TypedDocumentString<T, V>, ...variables: V extends Record<string, never> ? [] : [V]) => Promise<T>

/**
 * Creates a minimal client. The result has the type of the operation, which is generated from schema.graphql.
 * @param token  the token of a user, or an API key
 * @returns a function that runs an operation and throws QuittanceError
 */
export function createClient(url: string, token: string): Execute {
  return async (operation, ...[variables]) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: operation.toString(), variables }),
    })
    const { data, errors } = (await response.json()) as GraphQLResponse<never>
    const [error] = errors ?? []
    if (error) throw new QuittanceError(error.message, error.extensions)
    return data as never
  }
}
