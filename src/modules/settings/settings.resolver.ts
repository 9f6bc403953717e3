import { Arg, Authorized, Ctx, Extensions, Mutation, Query, Resolver } from 'type-graphql'
import { DateTime } from '../../core/scalars.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { advanceClock } from './advance-clock.js'
import { resetDemo } from './reset-demo.js'
import { setBillingEnabled } from './runtime-settings.js'

/** For @Extensions: a root field that answers while billing is switched off. */
export const ALLOW_WHEN_BILLING_DISABLED = { worksWhileBillingIsOff: true }

@Resolver()
export class SettingsResolver {
  @Query(() => Boolean, { description: 'Public: the billing feature flag. Hide what has to do with billing when it is false.' })
  @Extensions(ALLOW_WHEN_BILLING_DISABLED)
  billingEnabled(@Ctx() { services }: RequestContext): boolean {
    return services.flag.enabled
  }

  @Mutation(() => Boolean, {
    description: 'Administrators: the billing feature flag, effective on every instance within two seconds. Answers the new value.',
  })
  @Authorized(ADMINISTRATOR)
  @Extensions(ALLOW_WHEN_BILLING_DISABLED)
  setBillingEnabled(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('enabled', () => Boolean, { description: 'Whether billing operations work.' }) enabled: boolean,
  ): Promise<boolean> {
    return setBillingEnabled(services, signedIn, enabled)
  }

  @Query(() => DateTime, { description: 'What the server takes for now: the real time, or what `advanceClock` has made of it.' })
  now(@Ctx() { services }: RequestContext): Date {
    return services.clock.now()
  }

  @Mutation(() => DateTime, {
    description:
      'Administrators, outside production: moves the clock on, and lets renewals, ends and expiries happen. Answers the new time.',
  })
  @Authorized(ADMINISTRATOR)
  advanceClock(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('to', () => DateTime, { description: 'A time to come.' }) to: Date,
  ): Promise<Date> {
    return advanceClock(services, signedIn, to)
  }

  @Mutation(() => DateTime, {
    description:
      'Administrators, in demo mode: removes all data, sets the clock back to the real time and loads the demo data again. Returns the time.',
  })
  @Authorized(ADMINISTRATOR)
  @Extensions(ALLOW_WHEN_BILLING_DISABLED)
  resetDemo(@Ctx() { services, requiredUser: signedIn }: RequestContext): Promise<Date> {
    return resetDemo(services, signedIn)
  }
}
