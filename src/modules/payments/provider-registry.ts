import { DomainError } from '../../core/errors.js'
import type { Services } from '../services.js'
import { ESCLUSE } from '../subscriptions/index.js'
import { escluseWebhook } from './escluse/escluse-webhook.js'
import { LemonSqueezy } from './lemon-squeezy/lemon-squeezy.js'
import { variantIdProblem } from './lemon-squeezy/lemon-squeezy.schemas.js'
import { lemonSqueezyWebhook } from './lemon-squeezy/lemon-squeezy-webhook.js'
import { PAYMENT_PROVIDER_UNAVAILABLE } from './payment.errors.js'
import type { BilledSubscription, PaymentProvider, PaymentProviders } from './payment-provider.port.js'
import { SandboxProvider } from './sandbox/sandbox-provider.js'

/** Adds the payment providers to the services. */
export function withPayments(parts: Omit<Services, 'providers'>): Services {
  const { lemonSqueezy, sandbox, webhookSecrets, escluseWebhookSecrets, provider: activeName } = parts.config.payments
  const all: PaymentProvider[] = []
  if (lemonSqueezy) all.push(new LemonSqueezy(lemonSqueezy, webhookSecrets))
  if (sandbox) all.push(new SandboxProvider(parts))
  // Of several webhooks with the same name, the last one counts, so that the sandbox can replace Lemon Squeezy.
  // The route of Lemon Squeezy exists even if only its secret is set: events are stored and can be replayed.
  const webhooks = [lemonSqueezyWebhook(webhookSecrets), escluseWebhook(escluseWebhookSecrets), ...all.map(({ webhook }) => webhook)]
  return { ...parts, providers: createProviders(all, activeName, [...new Map(webhooks.map((each) => [each.name, each])).values()]) }
}

function createProviders(all: readonly PaymentProvider[], activeName: string, webhooks: PaymentProviders['webhooks']): PaymentProviders {
  const find = (name: string | null) => all.find((provider) => provider.name === name) ?? null
  const active = find(activeName)
  const getBilling = ({ id, provider: name }: BilledSubscription) => {
    if (name === ESCLUSE) throw new DomainError(PAYMENT_PROVIDER_UNAVAILABLE, `Subscription ${id} is billed by Escluse; change it there`)
    const provider = find(name)
    if (provider) return provider
    throw new DomainError(
      PAYMENT_PROVIDER_UNAVAILABLE,
      `Subscription ${id} is billed by ${name}, which is not a configured payment provider`,
    )
  }
  return {
    all,
    active,
    webhooks,
    find,
    variantIdProblem(id) {
      // Without a provider, plans are prepared for Lemon Squeezy.
      const validators = all.length > 0 ? all : [{ variantIdProblem }]
      return validators.map((each) => each.variantIdProblem(id)).find((problem) => problem !== null) ?? null
    },
    getActive() {
      if (!active) throw new DomainError(PAYMENT_PROVIDER_UNAVAILABLE, 'No payment provider is configured; set PAYMENT_PROVIDER')
      return active
    },
    getBilling,
    assertCanEnd(subscription) {
      if (subscription.provider !== null) getBilling(subscription)
    },
  }
}
