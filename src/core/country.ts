import { GraphQLCountryCode } from 'graphql-scalars'

/** Whether `code` is an ISO 3166-1 alpha-2 code in upper case, or XK, which many systems use for Kosovo. */
export function isCountry(code: string): boolean {
  try {
    GraphQLCountryCode.parseValue(code)
  } catch {
    return false
  }
  return code === code.toUpperCase()
}
