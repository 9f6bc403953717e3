import { Arg, Authorized, Ctx, Extensions, Mutation, Query, Resolver } from 'type-graphql'
import { DateTime } from '../../core/scalars.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { advanceClock } from './advance-clock.js'
import { resetDemo } from './reset-demo.js'
import { setBillingEnabled } from './runtime-settings.js'

/** For @Extensions: marks a root field that works while billing is disabled. */
export const ALLOW_WHEN_BILLING_DISABLED = { allowWhenBillingDisabled: true }

@Resolver()
export class SettingsResolver {
  @Query(() => Boolean, { description: 'Public: whether billing is enabled. Hide everything about billing while it is false.' })
  @Extensions(ALLOW_WHEN_BILLING_DISABLED)
  billingEnabled(@Ctx() { services }: RequestContext): boolean {
    return services.flag.enabled
  }

  @Mutation(() => Boolean, {
    description: 'Administrators: enables or disables billing, effective on every instance within two seconds. Returns the new value.',
  })
  @Authorized(ADMINISTRATOR)
  @Extensions(ALLOW_WHEN_BILLING_DISABLED)
  setBillingEnabled(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('enabled', () => Boolean, { description: 'Whether billing operations work.' }) enabled: boolean,
  ): Promise<boolean> {
    return setBillingEnabled(services, requiredUser, enabled)
  }

  @Query(() => DateTime, { description: 'Current time of the server, including any offset set by `advanceClock`.' })
  now(@Ctx() { services }: RequestContext): Date {
    return services.clock.now()
  }

  @Mutation(() => DateTime, {
    description:
      'Administrators, outside production: moves the clock forward and runs the renewals and expiries that become due. Returns the new time.',
  })
  @Authorized(ADMINISTRATOR)
  advanceClock(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('to', () => DateTime, { description: 'A time in the future.' }) to: Date,
  ): Promise<Date> {
    return advanceClock(services, requiredUser, to)
  }

  @Mutation(() => DateTime, {
    description:
      'Administrators, in demo mode: deletes all data, sets the clock back to the real time and loads the demo data again. Returns the time.',
  })
  @Authorized(ADMINISTRATOR)
  @Extensions(ALLOW_WHEN_BILLING_DISABLED)
  resetDemo(@Ctx() { services, requiredUser }: RequestContext): Promise<Date> {
    return resetDemo(services, requiredUser)
  }
}
