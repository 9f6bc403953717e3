import { Field, ObjectType } from 'type-graphql'
import { Node } from '../../core/node.type.js'
import { connectionOf } from '../../core/page.type.js'
import { DateTime, JsonObject } from '../../core/scalars.js'

@ObjectType({ implements: Node, simpleResolvers: true, description: 'An action in the audit log. Entries are never changed or deleted.' })
export class AuditEntry {
  @Field(() => DateTime, { description: 'Time of the action.' })
  at: Date

  @Field(() => String, {
    description: 'Actor: "user:1", "key:3" for an API key, "provider" for the payment provider, or "terminal" for the command line.',
  })
  actor: string

  @Field(() => String, { description: 'Action: the name of the mutation, or of the event.' })
  action: string

  @Field(() => String, { description: 'Subject of the action: "user:55", "organisation:7", "plan:3", and so on.' })
  subject: string

  @Field(() => JsonObject, { description: 'Further details of the action.' })
  details: unknown
}

@ObjectType({ simpleResolvers: true, description: 'A page of the audit log.' })
export class AuditEntryConnection extends connectionOf(AuditEntry, 'AuditEntry', 'audit entries') {}
