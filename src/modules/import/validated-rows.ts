import type { z } from 'zod'
import type { FindMissingGlyph } from '../../core/input.js'
import type { billingDetailsSchema } from '../identity/index.js'
import type { OrderLine } from '../orders/index.js'
import type { IgnoredColumn, ImportNotice, RejectedRow } from './import-row.js'
import type { OrganisationGrant } from './organisation-grants.js'
import type { ParsedRows } from './row-schemas.js'

export type BillingDetailsValues = z.output<ReturnType<typeof billingDetailsSchema>>

export interface UserRow {
  values: ParsedRows['users']
  billingDetails: BillingDetailsValues | null
}

export interface PlanRow {
  values: ParsedRows['plans']
  currency: string
  /** In minor units; null means a custom price. */
  price: bigint | null
}

export interface OrderRow {
  values: ParsedRows['orders']
  currency: string
  /** In minor units, tax included. */
  amount: bigint
  net: bigint
  items: OrderLine[]
}

export interface ValidatedRows {
  users: UserRow[]
  organisations: ParsedRows['organisations'][]
  memberships: ParsedRows['memberships'][]
  plans: PlanRow[]
  orders: OrderRow[]
  /** Plans of organisations that have no order. */
  grants: OrganisationGrant[]
  /** Number of rows that the database already contains. */
  unchanged: number
  rejected: RejectedRow[]
  ignored: IgnoredColumn[]
  notices: ImportNotice[]
}

/** The formats of other systems that can be converted. */
export const PRESETS = ['eclipanel'] as const
export type Preset = (typeof PRESETS)[number]

export interface ImportSettings {
  /** Used if neither the row nor its plan has a currency. */
  currency: string
  /** Whether amounts are in minor units: 1500 means 15.00. */
  minorUnits: boolean
  /** Whether the prices of the catalog include tax. Imported prices are added to the catalog. */
  pricesIncludeTax: boolean
  /** The format of the rows, if it is not that of the import itself. */
  preset?: Preset | undefined
  /** The time of the import. */
  at: Date
  findMissingGlyph: FindMissingGlyph
}
