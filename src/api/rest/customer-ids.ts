import { encodeId } from '../../core/ids.js'

// The REST APIs have the ids of the panel verbatim: "user_5" is the user whose id in the panel is "user_5".

/** The id in GraphQL of a user. @param id  the id in the panel */
export function userIdOf(id: number | string): string {
  return encodeId('User', String(id))
}

/** The id in GraphQL of an organisation. @param id  the id in the panel, if there is one */
export function organisationIdOf(id: number | string | null | undefined): string | undefined {
  return id == null ? undefined : encodeId('Organisation', String(id))
}
