import { Field, ObjectType } from 'type-graphql'
import { connectionOf } from '../../core/page.type.js'
import { DateTime, JsonObject } from '../../core/scalars.js'

@ObjectType({ simpleResolvers: true, description: 'Something that somebody did. Entries are never changed and never removed.' })
export class AuditEntry {
  @Field(() => DateTime, { description: 'When it was done.' })
  at: Date

  @Field(() => String, {
    description: 'Who did it: "user:1", "key:3" of an API key, "provider" of payments, or "terminal" of the machine.',
  })
  actor: string

  @Field(() => String, { description: 'What was done: the mutation by its name, or what happened.' })
  action: string

  @Field(() => String, { description: 'What it was done to: "user:55", "organisation:7", "plan:3", and so on.' })
  subject: string

  @Field(() => JsonObject, { description: 'What else is worth knowing of it.' })
  details: unknown
}

@ObjectType({ simpleResolvers: true, description: 'A page of the audit log.' })
export class AuditEntryConnection extends connectionOf(AuditEntry, 'AuditEntry', 'audit entries') {}
