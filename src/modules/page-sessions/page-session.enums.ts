/** The pages that a link can sign in to. */
export const SESSION_PAGES = ['PORTAL', 'ADMIN'] as const
export type SessionPage = (typeof SESSION_PAGES)[number]

declare global {
  namespace PrismaJson {
    type SessionPage = (typeof SESSION_PAGES)[number]
  }
}
