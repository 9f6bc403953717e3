import type { Config } from '../config/config.js'
import { isLoopbackHost } from '../core/loopback.js'
import { type Finding, ok, problem, warning } from './finding.js'

type Environment = Readonly<Record<string, string | undefined>>

/** What can be said without asking anybody. */
export function checkConfiguration(config: Config, environment: Environment): Finding[] {
  return [checkMode(config), checkSecrets(config, environment), checkPublicUrl(config), checkSeller(config), checkMail()]
}

function checkMode({ productionReason }: Config): Finding {
  return ok('configuration', productionReason ? `production rules apply because ${productionReason}` : 'demo mode')
}

/** Minimal lengths. */
const SECRET_VARIABLES: Readonly<Record<string, number>> = {
  AUTH_JWT_SECRET: 32,
  AUTH_JWT_FORMER_SECRET: 32,
  INVOICE_LINK_SECRET: 32,
  INVOICE_LINK_FORMER_SECRET: 32,
  LEMONSQUEEZY_WEBHOOK_SECRET: 16,
  ESCLUSE_WEBHOOK_SECRET: 16,
  METRICS_TOKEN: 16,
}
/** Several secrets, separated by commas. */
const SECRET_LIST_VARIABLES = /_WEBHOOK_SECRET$/
const MIN_DIFFERENT_CHARACTERS = 10

function checkSecrets({ auth, production }: Config, environment: Environment): Finding {
  const secrets = Object.keys(SECRET_VARIABLES).flatMap((name) => listSecrets(name, environment).map((secret) => ({ name, secret })))
  const short = secrets.find(({ name, secret }) => secret.length < (SECRET_VARIABLES[name] ?? 0))
  if (short) return problem('secrets', `${short.name}: use at least ${SECRET_VARIABLES[short.name]} characters`)
  for (const { name, secret } of secrets) {
    const other = secrets.find((each) => each.name !== name && each.secret === secret)
    if (other) return problem('secrets', `${name} and ${other.name} are the same: who learns one has both; make a new one`)
  }
  const weak = secrets.find(({ secret }) => new Set(secret).size < MIN_DIFFERENT_CHARACTERS)
  if (weak) return warning('secrets', `${weak.name} looks as if it could be guessed; make a new one: openssl rand -hex 32`)
  if (!production && !auth.secret) return ok('secrets', 'the demo secret of DATA_DIR is used')
  return ok('secrets', `${secrets.map(({ name }) => name).join(', ')}: long enough and all different`)
}

function listSecrets(name: string, environment: Environment): string[] {
  const value = environment[name]?.trim() ?? ''
  if (value === '') return []
  return SECRET_LIST_VARIABLES.test(name) ? value.split(',').map((part) => part.trim()) : [value]
}

function checkPublicUrl({ production, publicUrl }: Config): Finding {
  const check = 'public URL'
  if (!production) return ok(check, `${publicUrl ?? 'http://localhost'}, which is enough for a demo`)
  if (!publicUrl) return problem(check, 'PUBLIC_URL is not set: links to invoices would lead to localhost')
  const { protocol, hostname } = new URL(publicUrl)
  if (isLoopbackHost(hostname)) return problem(check, `PUBLIC_URL is ${publicUrl}: nobody else can open the links to invoices`)
  if (protocol !== 'https:')
    return problem(check, `PUBLIC_URL is ${publicUrl}: tokens and invoices would cross the network in clear; use https`)
  return ok(check, publicUrl)
}

function checkSeller({ production, demoData, invoices: { missingSeller } }: Config): Finding {
  const check = 'seller'
  if (missingSeller.length === 0) return ok(check, 'name, address, country and tax number are set')
  if (demoData) return ok(check, 'invoices are issued by an invented seller')
  const text = `set ${missingSeller.join(', ')}: an invoice needs them, and cannot be changed once it is issued`
  return production ? problem(check, text) : warning(check, text)
}

function checkMail(): Finding {
  return ok('mail', 'nothing to check: this version sends no mail')
}
