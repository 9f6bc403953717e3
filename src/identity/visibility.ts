import type { Database } from '../database/client.js'
import type { Whose } from '../database/visible-rows.js'
import { type Holder, managesOrganisation, organisationNotFound } from './holder.js'
import { isAdministrator, type Viewer } from './viewer.js'

/** The owner, owners and admins of the organisation, administrators. For everyone else it does not exist. */
export async function maySee(db: Database, viewer: Viewer, { userId, organisationId }: Holder): Promise<boolean> {
  if (viewer.userId === userId || isAdministrator(viewer)) return true
  return organisationId !== null && managesOrganisation(db, viewer.userId, organisationId)
}

/** @throws ORGANISATION_NOT_FOUND when the viewer does not manage the organisation */
export async function listedFor(db: Database, viewer: Viewer, organisationId: number | undefined): Promise<Whose> {
  if (organisationId === undefined) return { userId: viewer.userId }
  if (!isAdministrator(viewer) && !(await managesOrganisation(db, viewer.userId, organisationId))) {
    throw organisationNotFound(organisationId)
  }
  return { organisationId }
}
