import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import { DateTime, Url } from '../../core/scalars.js'

@InputType({ description: 'Whom to sign in to the portal, and what it shows first.' })
export class CreatePortalSessionInput {
  @Field(() => ID, { description: 'The user to sign in.' })
  userId: string

  @Field(() => ID, {
    nullable: true,
    description: 'The organisation that the portal shows first. The user must be one of its owners or admins.',
  })
  organisationId?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'The page to open: a path of the portal, such as "/portal/invoices". Defaults to "/portal".',
  })
  returnPath?: string | null

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether the user must press a button to sign in. Set it for a link in a mail, which scanners open, some with scripts.',
  })
  needsButton: boolean
}

@ObjectType({ simpleResolvers: true, description: 'Result of createPortalSession.' })
export class CreatePortalSessionPayload {
  @Field(() => Url, { description: 'The link to which the browser of the user is redirected. It can be opened once.' })
  url: string

  @Field(() => DateTime, { description: 'When the link expires: 15 minutes after it was created.' })
  expiresAt: Date
}

@InputType({ description: 'The user to sign out of the portal.' })
export class EndPortalSessionsInput {
  @Field(() => ID, { description: 'The user.' })
  userId: string
}

@ObjectType({ simpleResolvers: true, description: 'Result of endPortalSessions.' })
export class EndPortalSessionsPayload {
  @Field(() => Int, { description: 'How many sessions and unopened links have ended.' })
  count: number
}
