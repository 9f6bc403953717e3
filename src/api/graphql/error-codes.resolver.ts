import { Extensions, Query, Resolver } from 'type-graphql'
import { ErrorCodeEnum } from '../../core/error-code.enum.js'
import type { ErrorCode } from '../../core/errors.js'
import { WORKS_WHILE_BILLING_IS_OFF } from '../../modules/settings/index.js'

@Resolver()
export class ErrorCodesResolver {
  @Query(() => [ErrorCodeEnum], {
    description: 'Public: every code that `errors[].extensions.code` can carry; the enum says what each means.',
  })
  @Extensions(WORKS_WHILE_BILLING_IS_OFF)
  errorCodes(): ErrorCode[] {
    return Object.values(ErrorCodeEnum)
  }
}
