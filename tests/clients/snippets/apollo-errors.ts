import { CombinedGraphQLErrors } from '@apollo/client'
import type { ErrorCode } from '@quittance/client'

/** @returns the code of the first error, for example to show the sign-in page for UNAUTHENTICATED */
export function errorCode(error: unknown): ErrorCode | undefined {
  return CombinedGraphQLErrors.is(error) ? (error.errors[0]?.extensions?.code as ErrorCode | undefined) : undefined
}
