import { Arg, Authorized, Ctx, Extensions, Mutation, Query, Resolver } from 'type-graphql'
import { DateTime } from '../../core/scalars.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { advanceClock } from './advance-clock.js'
import { resetDemo } from './reset-demo.js'
import { setBillingEnabled } from './runtime-settings.js'
import {
  AdvanceClockInput,
  AdvanceClockPayload,
  ResetDemoPayload,
  SetBillingEnabledInput,
  SetBillingEnabledPayload,
} from './settings.type.js'

/** For @Extensions: marks a root field that works while billing is disabled. */
export const ALLOW_WHEN_BILLING_DISABLED = { allowWhenBillingDisabled: true }

@Resolver()
export class SettingsResolver {
  @Query(() => Boolean, { description: 'Whether billing is enabled. Hide everything about billing while it is false. Public.' })
  @Extensions(ALLOW_WHEN_BILLING_DISABLED)
  billingEnabled(@Ctx() { services }: RequestContext): boolean {
    return services.flag.enabled
  }

  @Mutation(() => SetBillingEnabledPayload, {
    description: 'Sets the billing feature flag, effective on every instance within two seconds. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  @Extensions(ALLOW_WHEN_BILLING_DISABLED)
  async setBillingEnabled(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => SetBillingEnabledInput, { description: 'The new value.' }) { enabled }: SetBillingEnabledInput,
  ): Promise<SetBillingEnabledPayload> {
    return { enabled: await setBillingEnabled(services, requiredUser, enabled) }
  }

  @Query(() => DateTime, { description: 'Current time of the server, including any offset set by `advanceClock`. Public.' })
  now(@Ctx() { services }: RequestContext): Date {
    return services.clock.now()
  }

  @Mutation(() => AdvanceClockPayload, {
    description:
      'Moves the clock forward and runs the renewals and expiries that become due. FORBIDDEN in production. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async advanceClock(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => AdvanceClockInput, { description: 'The new time.' }) { to }: AdvanceClockInput,
  ): Promise<AdvanceClockPayload> {
    return { now: await advanceClock(services, requiredUser, to) }
  }

  @Mutation(() => ResetDemoPayload, {
    description:
      'Deletes all data, sets the clock back to the real time and loads the demo data again. FORBIDDEN outside demo mode. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  @Extensions(ALLOW_WHEN_BILLING_DISABLED)
  async resetDemo(@Ctx() { services, requiredUser }: RequestContext): Promise<ResetDemoPayload> {
    return { now: await resetDemo(services, requiredUser) }
  }
}
