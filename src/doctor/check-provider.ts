import type { Config } from '../config/config.js'
import { checkLemonSqueezyStore } from '../modules/payments/index.js'
import { type Finding, ok, problem, warning } from './finding.js'

const PROVIDER_CHECK = 'payments'

/** Checks the provider of new checkouts, and any other that is configured. */
export async function checkProviders({ payments: { provider, lemonSqueezy }, production }: Config): Promise<Finding[]> {
  const findings: Finding[] = []
  if (provider === 'none') findings.push(ok(PROVIDER_CHECK, 'no provider, administrators apply plans manually'))
  if (provider === 'sandbox') {
    findings.push(
      production
        ? warning(PROVIDER_CHECK, 'the sandbox moves no real money: set PAYMENT_PROVIDER to another provider or to none')
        : ok(PROVIDER_CHECK, 'the sandbox, which moves no real money'),
    )
  }
  if (lemonSqueezy) {
    const { isOk, text } = await checkLemonSqueezyStore(lemonSqueezy)
    findings.push(isOk ? ok(PROVIDER_CHECK, text) : problem(PROVIDER_CHECK, text))
  }
  return findings
}
