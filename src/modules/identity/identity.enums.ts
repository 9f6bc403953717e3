import { z } from 'zod'

/** The portal tiers of customers, and of the plans that grant them. */
export const PLAN_TYPES = ['FREE', 'PAID', 'EDU', 'ENTERPRISE'] as const
export const PlanType = z.enum(PLAN_TYPES).enum
export type PlanType = (typeof PLAN_TYPES)[number]

export const ORGANISATION_ROLES = ['OWNER', 'ADMIN', 'MEMBER'] as const
export const OrganisationRole = z.enum(ORGANISATION_ROLES).enum
export type OrganisationRole = (typeof ORGANISATION_ROLES)[number]

export const API_KEY_SCOPES = ['CLAIMS', 'SYNC', 'READ', 'PORTAL'] as const
export const ApiKeyScope = z.enum(API_KEY_SCOPES).enum
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number]

declare global {
  namespace PrismaJson {
    type PlanType = (typeof PLAN_TYPES)[number]
    type ApiKeyScope = (typeof API_KEY_SCOPES)[number]
    type OrganisationRole = (typeof ORGANISATION_ROLES)[number]
  }
}
