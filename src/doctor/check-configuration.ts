import type { Config } from '../config/config.js'
import { type Environment, readVariable } from '../config/environment.js'
import { isLoopbackHost } from '../core/loopback.js'
import { missingOfSeller } from '../modules/invoicing/index.js'
import { type Finding, ok, problem, warning } from './finding.js'

/** The checks that need no I/O. The lengths of secrets are checked when the configuration is parsed. */
export function checkConfiguration(config: Config, environment: Environment): Finding[] {
  const deprecations = config.deprecations.map((line) => warning('variables', line))
  return [
    checkMode(config),
    ...deprecations,
    checkSecrets(config, environment),
    checkPublicUrl(config),
    checkSeller(config),
    checkFormat(config),
  ]
}

function checkMode({ productionReason }: Config): Finding {
  return ok('configuration', productionReason ? `production rules apply because ${productionReason}` : 'demo mode')
}

const SECRET_VARIABLES = [
  'AUTH_JWT_SECRET',
  'AUTH_JWT_PREVIOUS_SECRET',
  'INVOICE_LINK_SECRET',
  'INVOICE_LINK_PREVIOUS_SECRET',
  'LEMONSQUEEZY_WEBHOOK_SECRET',
  'ESCLUSE_WEBHOOK_SECRET',
  'METRICS_TOKEN',
] as const
/** Variables that contain several secrets, separated by commas. */
const SECRET_LIST_VARIABLES = /_WEBHOOK_SECRET$/
const MIN_DIFFERENT_CHARACTERS = 10

function checkSecrets({ auth, production }: Config, environment: Environment): Finding {
  const secrets = SECRET_VARIABLES.flatMap((name) => listSecrets(name, environment).map((secret) => ({ name, secret })))
  for (const { name, secret } of secrets) {
    const other = secrets.find((each) => each.name !== name && each.secret === secret)
    if (other) return problem('secrets', `${name} and ${other.name} are the same, so a leak of one exposes both; generate a new one`)
  }
  const weak = secrets.find(({ secret }) => new Set(secret).size < MIN_DIFFERENT_CHARACTERS)
  if (weak) return warning('secrets', `${weak.name} looks easy to guess; generate a new one: openssl rand -hex 32`)
  if (!production && !auth.secret) return ok('secrets', 'the demo secret in DATA_DIR is used')
  return ok('secrets', `${secrets.map(({ name }) => name).join(', ')}: long enough, and all different`)
}

function listSecrets(name: (typeof SECRET_VARIABLES)[number], environment: Environment): string[] {
  const value = readVariable(name, environment)
  if (value === undefined) return []
  return SECRET_LIST_VARIABLES.test(name) ? value.split(',').map((part) => part.trim()) : [value]
}

function checkPublicUrl({ production, publicUrl }: Config): Finding {
  const check = 'public URL'
  if (!production) return ok(check, `${publicUrl ?? 'http://localhost'}, which is enough for a demo`)
  if (!publicUrl) return problem(check, 'PUBLIC_URL is not set, so links to invoices lead to localhost; set it')
  const { protocol, hostname } = new URL(publicUrl)
  if (isLoopbackHost(hostname))
    return problem(check, `PUBLIC_URL is ${publicUrl}, so only this machine can open links to invoices; set the public address`)
  if (protocol !== 'https:')
    return problem(check, `PUBLIC_URL is ${publicUrl}, so tokens and invoices cross the network unencrypted; use https`)
  return ok(check, publicUrl)
}

function checkSeller({ production, demoData, invoices: { missingSeller, sellerVatIdProblem } }: Config): Finding {
  const check = 'seller'
  if (missingSeller.length === 0 && sellerVatIdProblem) return warning(check, sellerVatIdProblem)
  if (missingSeller.length === 0) return ok(check, 'name, address, country and a tax or registration number are set')
  if (demoData) return ok(check, 'invoices are issued by a fictitious seller')
  const text = `set ${missingSeller.join(', ')}: invoices require them and cannot be changed after they are issued`
  return production ? problem(check, text) : warning(check, text)
}

/** A customer can choose another format, which may need more. */
function checkFormat({ demoData, invoices: { issuer, format, missingSeller } }: Config): Finding {
  const check = 'XML invoices'
  if (demoData && missingSeller.length > 0) return ok(check, 'nothing to check, because the seller is fictitious')
  const missing = missingOfSeller(issuer, format)
  if (missing.length === 0) return ok(check, `the seller has all details that ${format} requires`)
  const names = missing.map((detail) => detail.slice('seller: '.length)).join('; ')
  return warning(check, `INVOICE_FORMAT is ${format}, but INVOICE_ISSUED_FROM_… lacks: ${names}; until then invoices have no XML of it`)
}
