import { describeVariables } from './environment.js'

/** The table of docs/configuration.md, in Markdown. */
export function configurationTable(): string {
  const rows = describeVariables().map(({ name, about, unset, byDefault }) => {
    const shown = unset ?? (byDefault === undefined ? 'none' : `\`${byDefault}\``)
    return `| \`${name}\` | ${shown} | ${about} |`
  })
  return ['| variable | default | what it does |', '|---|---|---|', ...rows, ''].join('\n')
}

/** Headings of .env.example. The first that matches counts; what matches none is listed last. */
const GROUPS: readonly (readonly [heading: string, names: RegExp])[] = [
  ['Server', /^(NODE_ENV|DEMO|PORT|HOST|PUBLIC_URL|TRUST_PROXY|LOG_LEVEL|CORS_.*)$/],
  ['Database', /^(DATABASE_.*|DATA_DIR|DEMO_DATA|REDIS_URL)$/],
  ['Signing in', /^(AUTH|COOKIE|SESSION)_/],
  ['Seller, invoices and tax', /^(COMPANY_NAME|INVOICE_.*|[A-Z_]*_SERIES|PRICES_INCLUDE_TAX|VAT_.*|DEFAULT_CUSTOMER_COUNTRY)$/],
  ['Billing and payments', /^(BILLING_.*|GRACE_DAYS|PAYMENT_.*|LEMONSQUEEZY_.*|ESCLUSE_.*|CHECKOUT_.*|UPGRADE_URL)$/],
  ['API', /^(INTROSPECTION|HTTP_.*|GRAPHQL_.*|RATE_LIMIT_.*|TRUSTED_.*|EVENT_.*)$/],
  ['Monitoring', /^(METRICS_TOKEN|OTEL_.*)$/],
]
const REST = 'Other'

const HEADER = `# Copy this file to .env and remove the "#" before what you set. An empty variable counts as not set.
# docker compose reads .env by itself; for npm start: set -a; . ./.env; set +a; npm start
# Written by npm run docs.

# --- Docker Compose ---

# Password of the database that compose.yaml starts. Required there.
POSTGRES_PASSWORD=
`

/** .env.example: every variable, grouped, without values that are secrets. */
export function environmentExample(): string {
  const described = describeVariables().map((variable) => ({
    ...variable,
    group: GROUPS.find(([, names]) => names.test(variable.name))?.[0] ?? REST,
  }))
  const sections = [...GROUPS.map(([heading]) => heading), REST].flatMap((heading) => {
    const entries = described.filter(({ group }) => group === heading)
    return entries.length === 0 ? [] : [`# --- ${heading} ---\n`, ...entries.map(exampleOf)]
  })
  return [HEADER, ...sections].join('\n')
}

function exampleOf({ name, about, unset, byDefault = '' }: ReturnType<typeof describeVariables>[number]): string {
  const text = toPlainText(unset === undefined ? about : `${about} Default: ${unset}.`)
  return `${wrap(text).join('\n')}\n# ${name}=${/\s/.test(byDefault) ? JSON.stringify(byDefault) : byDefault}\n`
}

function toPlainText(markdown: string): string {
  return markdown.replaceAll('`', '')
}

const MAX_LINE = 110

function wrap(text: string): string[] {
  const lines: string[] = []
  let line = '#'
  for (const word of text.split(/\s+/)) {
    if (line.length + 1 + word.length > MAX_LINE) {
      lines.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  return [...lines, line]
}
