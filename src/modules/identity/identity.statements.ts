import { defineStatement, nullable, text } from '../../platform/postgres/statement.js'

/** Takes the lock of a user, which does not block the checks of foreign keys. */
export const LOCK_USER = defineStatement({
  parameters: { userId: text },
  columns: { id: text },
  sql: 'SELECT id FROM users WHERE id = $userId FOR NO KEY UPDATE',
})

export const LOCK_ORGANISATION = defineStatement({
  parameters: { organisationId: text },
  columns: { id: text },
  sql: 'SELECT id FROM organisations WHERE id = $organisationId FOR NO KEY UPDATE',
})

/** Returns no row if the user is not one of the owners and admins. */
export const LOCK_MANAGED_ORGANISATION = defineStatement({
  parameters: { organisationId: text, userId: text },
  columns: { id: text },
  sql: `
    SELECT id FROM organisations WHERE id = $organisationId AND EXISTS (
      SELECT FROM memberships WHERE organisation_id = $organisationId AND user_id = $userId AND role IN ('OWNER', 'ADMIN'))
    FOR NO KEY UPDATE`,
})

export const SET_PORTAL_TIER = defineStatement({
  parameters: { tierUserId: nullable(text), tierOrganisationId: nullable(text), portalTier: text },
  with: {
    user_tier: 'UPDATE users SET portal_tier = $portalTier WHERE id = $tierUserId AND portal_tier <> $portalTier',
    organisation_tier: 'UPDATE organisations SET portal_tier = $portalTier WHERE id = $tierOrganisationId AND portal_tier <> $portalTier',
  },
})
