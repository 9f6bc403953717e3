import { Field, ObjectType } from 'type-graphql'

@ObjectType({ simpleResolvers: true, description: 'The seller, as pages and mails for customers show it.' })
export class Seller {
  @Field(() => String, { description: 'Name at the top of documents and pages.' })
  company: string

  @Field(() => String, { description: 'Legal name.' })
  name: string

  @Field(() => String, { nullable: true, description: 'E-mail address for questions. Null if none is configured.' })
  email: string | null

  @Field(() => String, { description: 'Color of titles and buttons: "#0b5cad".' })
  accentColor: string

  @Field(() => String, {
    nullable: true,
    description: 'The payment provider of new purchases: "lemonsqueezy". Null if customers pay by the other payment methods only.',
  })
  paymentProvider: string | null
}
