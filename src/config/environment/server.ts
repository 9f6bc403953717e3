import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { httpUrl, isOrigin, splitList, type Variables } from './schemas.js'

const WORKERS_PROBLEM = 'must be a whole number from 1 to 64'

/** The pages of packages/pages. */
export const PAGE_NAMES = ['portal', 'admin'] as const
export type PageName = (typeof PAGE_NAMES)[number]

export const SERVER_VARIABLES = {
  NODE_ENV: {
    schema: z.enum(['development', 'production', 'test'], { error: 'must be development, production or test' }).default('development'),
    about: '`production` enforces production rules, as `DEMO=false` does. The other values have no effect.',
  },
  DEMO: {
    schema: z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
    about:
      '`true` allows a demo together with real settings, on a loopback `HOST` only: a demo secret, demo data, a payment ' +
      'sandbox and a clock that can be moved. `false` enforces production rules.',
    unset:
      'a demo when `HOST` and `PUBLIC_URL` are loopback addresses and none of `DATABASE_URL`, `AUTH_JWT_SECRET`, ' +
      '`AUTH_JWKS_URL` and the variables of payment providers is set; otherwise production rules',
  },
  PORT: {
    schema: z.coerce.number({ error: 'must be a port number' }).int('must be a port number').min(0).max(65535).default(4000),
    about: 'TCP port. `0` chooses a free port and prints it.',
  },
  HOST: {
    schema: z.string().default('127.0.0.1'),
    about: 'Address to listen on; `0.0.0.0` for every interface.',
  },
  WORKERS: {
    schema: z.coerce.number({ error: WORKERS_PROBLEM }).int(WORKERS_PROBLEM).min(1, WORKERS_PROBLEM).max(64, WORKERS_PROBLEM).optional(),
    about:
      'Number of worker processes that serve requests. One of them also runs the jobs and sends events to webhook endpoints. ' +
      'With `1`, everything runs in one process.',
    unset:
      'under production rules one per processor core, but at most 8, one per 512 MB of memory and one per 4 connections of a ' +
      '`DATABASE_POOL_SIZE` that is set; `1` in demo mode',
  },
  HTTP_REQUEST_TIMEOUT_MS: {
    schema: z.coerce
      .number({ error: 'must be a number of milliseconds' })
      .int('must be a whole number of milliseconds')
      .min(100)
      .max(600_000)
      .default(30_000),
    about: 'Timeout for receiving a whole request, in milliseconds. Responses may take longer.',
  },
  HTTP_MAX_CONNECTIONS: {
    schema: z.coerce.number({ error: 'must be a number' }).int('must be a whole number').min(1).max(1_000_000).default(10_000),
    about: 'Maximum number of open connections of each worker process, including live updates. Further connections are refused.',
  },
  PUBLIC_URL: {
    schema: httpUrl.transform((url) => url.replace(/\/+$/, '')).optional(),
    about: 'Public address of this server. Every link that it creates starts with it.',
    unset: '`http://localhost:PORT`',
  },
  PAGES: {
    schema: z
      .string()
      .optional()
      .transform((text) => splitList(text))
      .refine((pages) => pages === undefined || isPageList(pages), `must be none, or a comma-separated list of ${PAGE_NAMES.join(', ')}`)
      .transform((pages) => pages && PAGE_NAMES.filter((name) => pages.includes(name))),
    about:
      'Pages for people that this server serves: `portal` for customers at `/portal`, `admin` for administrators at `/admin`. `none` for none.',
    unset: '`portal,admin` in demo mode, otherwise `none`',
  },
  CORS_ORIGINS: {
    schema: z
      .string()
      .optional()
      .transform((text) => splitList(text) ?? [])
      .refine(
        (origins) => origins.every((origin) => isOrigin(origin) || isSubdomainPattern(origin)),
        'must be a comma-separated list of origins, for example https://panel.example.com,https://*.example.com',
      ),
    about: 'Origins whose pages may call the API from a browser. Only origins without `*` may use the session cookie.',
    unset: 'none; in demo mode `localhost` on every port, without the session cookie',
  },
  TRUST_PROXY: {
    schema: z
      .string()
      .optional()
      .transform((proxies) => proxies?.split(',').map((proxy) => proxy.trim()) ?? [])
      .refine((proxies) => proxies.every(isNetwork), 'must be a comma-separated list of addresses or networks, for example 10.0.0.0/8'),
    about: 'Reverse proxies whose `X-Forwarded-For` is trusted: addresses or networks, separated by commas.',
    unset: 'none',
  },
  LOG_LEVEL: {
    schema: z
      .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug'], { error: 'must be silent, fatal, error, warn, info or debug' })
      .default('info'),
    about: 'Minimum level of logged messages.',
  },
} satisfies Variables

/**
 * An https origin whose first label is `*`. It stands for every subdomain of a
 * domain with at least two labels.
 */
function isSubdomainPattern(text: string): boolean {
  return /^https:\/\/\*(\.[a-z0-9-]+){2,}(:\d{1,5})?$/.test(text) && isOrigin(text.replace('*', 'any'))
}

function isNetwork(text: string): boolean {
  return ipaddr.isValid(text) || ipaddr.isValidCIDR(text)
}

function isPageList(pages: readonly string[]): boolean {
  if (pages.length === 1 && pages[0] === 'none') return true
  return pages.length > 0 && pages.every((page) => PAGE_NAMES.some((name) => name === page))
}
