import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql'
import type { RequestContext } from '../../identity/index.js'
import { CreateChangePageInput, CreateChangePagePayload } from './change-page.type.js'
import { createChangePage } from './create-change-page.js'

@Resolver()
export class ChangePageResolver {
  @Mutation(() => CreateChangePagePayload, {
    description: 'Creates a page on which the customer confirms a plan change. Requires a signed-in user.',
  })
  @Authorized()
  async createChangePage(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => CreateChangePageInput, { description: 'The plan to change to, and the pages to return to.' })
    input: CreateChangePageInput,
  ): Promise<CreateChangePagePayload> {
    return { url: await createChangePage(services, principal, input) }
  }
}
