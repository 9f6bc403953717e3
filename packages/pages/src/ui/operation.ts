/** The text of an operation, with the types of its result and its variables. */
export interface PageOperation<TResult, TVariables> {
  readonly text: string
  /** Exist only as types. */
  readonly __result?: TResult
  readonly __variables?: TVariables
}

export function defineOperation<TResult, TVariables>(text: string): PageOperation<TResult, TVariables> {
  return { text }
}
