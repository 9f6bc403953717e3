import { z } from 'zod'
import { isLoopbackHost } from '../../core/loopback.js'
import { httpUrl, optionalString, secret, type Variables } from './schemas.js'

export const AUTHENTICATION_VARIABLES = {
  AUTH_JWT_SECRET: {
    schema: secret,
    about: 'Secret for HS256 tokens, at least 32 characters. Required under production rules unless `AUTH_JWKS_URL` is set.',
    unset: 'in demo mode a random secret, stored in `DATA_DIR`',
  },
  AUTH_JWT_PREVIOUS_SECRET: {
    schema: secret,
    about: 'Previous token secret, still accepted during a rotation. Remove it to stop accepting tokens that it has signed.',
    alias: 'AUTH_JWT_FORMER_SECRET',
  },
  AUTH_JWKS_URL: {
    schema: httpUrl.refine(isHttpsOrLoopback, 'must be an https URL; http is accepted for loopback hosts only').optional(),
    about: 'URL of the key set of the identity provider, instead of a shared secret. Requires `AUTH_JWT_AUDIENCE`.',
  },
  AUTH_JWT_ISSUER: {
    schema: z.string().default('quittance'),
    about: 'Required `iss` claim of tokens.',
  },
  AUTH_JWT_AUDIENCE: {
    schema: optionalString,
    about:
      'Required `aud` claim of tokens. Must be set with `AUTH_JWKS_URL`, because an identity provider also signs tokens ' +
      'for other services.',
    unset: 'not checked',
  },
  AUTH_ROLE_CLAIM: {
    schema: z.string().default('role'),
    about:
      'Claim that makes a user an administrator when it is `admin` or a list that contains `admin`: a name, or a path ' +
      'such as `realm_access.roles`.',
  },
  AUTH_COOKIE_NAME: {
    schema: z
      .string()
      .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be a cookie name, for example session or __Host-session')
      .default('session'),
    about: 'Name of the cookie that contains the token of a browser.',
  },
} satisfies Variables

/** Accepts texts that are not URLs, because another check refuses them. */
function isHttpsOrLoopback(url: string): boolean {
  if (!URL.canParse(url)) return true
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || isLoopbackHost(hostname)
}
