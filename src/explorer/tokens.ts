/** Tokens of the demo's two identities; an empty string when there is none. */
export interface Tokens {
  customer: string
  administrator: string
}

export type Identity = keyof Tokens

export const NO_TOKENS: Tokens = { customer: '', administrator: '' }

/** Stored per browser tab: a reload keeps the session, other tabs and later visits have none. */
const TOKEN_STORAGE_KEY = 'quittance-administrator-token'

/**
 * Reads the token from the fragment of the URL that the server prints at its start (#token=…), and removes it
 * from the address bar. The administrator of a demo also requests a customer's token from the server.
 * @returns `pasted` instead of `tokens` when the server issues no customer's token
 */
export async function loadTokens(): Promise<{ tokens: Tokens; pasted: string }> {
  const administrator = takeTokenFromFragment() ?? sessionStorage.getItem(TOKEN_STORAGE_KEY) ?? ''
  if (!administrator) return { tokens: NO_TOKENS, pasted: '' }
  const customer = await requestCustomerToken(administrator)
  if (customer === undefined) return { tokens: NO_TOKENS, pasted: administrator }
  return { tokens: { customer, administrator }, pasted: '' }
}

/** Reloads the page for a new token, because browsers do not reload it when only the fragment changes. */
export function reloadOnNewToken(): void {
  addEventListener('hashchange', () => {
    if (takeTokenFromFragment()) location.reload()
  })
}

function takeTokenFromFragment(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (!token) return undefined
  history.replaceState(null, '', location.pathname + location.search)
  sessionStorage.setItem(TOKEN_STORAGE_KEY, token)
  return token
}

async function requestCustomerToken(administrator: string): Promise<string | undefined> {
  const headers = { authorization: `Bearer ${administrator}` }
  const response = await fetch('/demo/customer-token', { method: 'POST', headers }).catch(() => undefined)
  if (response?.status === 401) sessionStorage.removeItem(TOKEN_STORAGE_KEY)
  if (!response?.ok) return undefined
  const { token } = await response.json()
  return token
}
