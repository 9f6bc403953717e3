import { Field, type FieldOptions } from 'type-graphql'

/** The arguments of `@Field(type, options)` in one object. */
interface FieldDefinition extends FieldOptions {
  readonly type: () => object
}

/** Adds fields to a GraphQL type or input, as the decorator @Field adds one. Skips entries that are null. */
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
