import { Field, type FieldOptions } from 'type-graphql'

/** A GraphQL field: what `@Field(type, options)` takes. */
interface FieldDefinition extends FieldOptions {
  readonly type: () => object
}

/** Adds the fields of a table to a GraphQL type or input, as the decorator @Field does for one field. Skips null. */
export function defineFields(
  { prototype }: { readonly prototype: object },
  fields: Readonly<Record<string, FieldDefinition | null>>,
): void {
  for (const [name, field] of Object.entries(fields)) {
    if (!field) continue
    const { type, ...options } = field
    Field(type, options)(prototype, name)
  }
}
