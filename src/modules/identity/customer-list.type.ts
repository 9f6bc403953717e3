import { ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../core/page.type.js'
import { Organisation, User } from './identity.type.js'

export const CustomerSort = { NEWEST_FIRST: 'NEWEST_FIRST', OLDEST_FIRST: 'OLDEST_FIRST', NAME: 'NAME' } as const
export type CustomerSort = keyof typeof CustomerSort

registerEnumType(CustomerSort, {
  name: 'CustomerSort',
  description: 'The sort order of users and organisations.',
  valuesConfig: {
    NEWEST_FIRST: { description: 'Most recently added to Quittance first.' },
    OLDEST_FIRST: { description: 'Earliest added to Quittance first.' },
    NAME: { description: 'By name from A to Z, without regard to case and accents. Users without a name come first.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'A page of users.' })
export class UserConnection extends connectionOf(User, 'User', 'users') {}

@ObjectType({ simpleResolvers: true, description: 'A page of organisations.' })
export class OrganisationConnection extends connectionOf(Organisation, 'Organisation', 'organisations') {}
