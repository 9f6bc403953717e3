import { Extensions, Query, Resolver } from 'type-graphql'
import { ErrorCodeEnum } from '../../core/error-code.enum.js'
import type { ErrorCode } from '../../core/errors.js'
import { ALLOW_WHEN_BILLING_DISABLED } from '../../modules/settings/index.js'

@Resolver()
export class ErrorCodesResolver {
  @Query(() => [ErrorCodeEnum], {
    description: 'Public: every code that can appear in `errors[].extensions.code`. The enum describes each of them.',
  })
  @Extensions(ALLOW_WHEN_BILLING_DISABLED)
  errorCodes(): ErrorCode[] {
    return Object.values(ErrorCodeEnum)
  }
}
