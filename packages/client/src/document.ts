/**
 * An operation with the types of its result and its variables. It is a document of graphql-js (`TypedDocumentNode`) that
 * also contains its text, so that it works with this client, Apollo Client, urql and graphql-request alike.
 */
export interface TypedDocument<TResult, TVariables> {
  // biome-ignore lint/suspicious/noExplicitAny: an enum of graphql-js, which this package does not depend on.
  readonly kind: any
  // biome-ignore lint/suspicious/noExplicitAny: a type of graphql-js, which this package does not depend on.
  readonly definitions: readonly any[]
  // biome-ignore lint/suspicious/noExplicitAny: a type of graphql-js, which this package does not depend on.
  readonly loc?: any
  /** Exists only as a type. */
  __apiType?: (variables: TVariables) => TResult
}

/**
 * What the client can send: a document of this package, of GraphQL Code Generator (also in its mode "string") or
 * of `gql`, or a text.
 */
export type Operation<TResult, TVariables> =
  | string
  | TypedDocument<TResult, TVariables>
  | { toString(): string; __apiType?: (variables: TVariables) => TResult }

export interface Fragment {
  readonly text: string
  readonly definition: object
}

/** @param fragments  every fragment that the operation contains, directly or not */
export function createDocument<TResult, TVariables>(operation: Fragment, ...fragments: Fragment[]): TypedDocument<TResult, TVariables> {
  const parts = [operation, ...fragments]
  const body = parts.map(({ text }) => text).join('\n')
  return {
    kind: 'Document',
    definitions: parts.map(({ definition }) => definition),
    loc: { start: 0, end: body.length, source: { body, name: 'Quittance', locationOffset: { line: 1, column: 1 } } },
  }
}

/** @throws TypeError for a document that does not contain its text */
export function operationText(operation: Operation<unknown, never>): string {
  if (typeof operation === 'string' || !('definitions' in operation)) return String(operation)
  const text: unknown = operation.loc?.source?.body
  if (typeof text === 'string') return text
  throw new TypeError('The document does not contain its text: pass the result of print(document) from the package graphql')
}
