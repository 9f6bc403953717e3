import type { TypedDocumentString } from './gql/graphql.js'

/** What Quittance says when it refuses: `code` tells why, the rest belongs to the code. */
export class Refusal extends Error {
  readonly code: string
  readonly extensions: Readonly<Record<string, unknown>>

  constructor(message: string, extensions: Readonly<Record<string, unknown>>) {
    super(message)
    this.code = String(extensions.code)
    this.extensions = extensions
  }
}

interface Answer<T> {
  data?: T | null
  errors?: { message: string; extensions: Record<string, unknown> }[]
}

export type Ask = <T, V>(document: TypedDocumentString<T, V>, ...variables: V extends Record<string, never> ? [] : [V]) => Promise<T>

/**
 * A client of a few lines: what it answers has the type of what was asked, generated from schema.graphql.
 * @param token  of a person, or an API key
 * @throws Refusal
 */
export function createClient(url: string, token: string): Ask {
  return async (document, ...[variables]) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: document.toString(), variables }),
    })
    const { data, errors } = (await response.json()) as Answer<never>
    const [error] = errors ?? []
    if (error) throw new Refusal(error.message, error.extensions)
    return data as never
  }
}
