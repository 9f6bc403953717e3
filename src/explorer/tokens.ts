/** Tokens of the demo's two identities; empty where there is none. */
export interface Tokens {
  customer: string
  administrator: string
}

export type Identity = keyof Tokens

export const NO_TOKENS: Tokens = { customer: '', administrator: '' }

/** Of this browser tab only, and gone with it: a reload keeps the session, other tabs and later visits have none. */
const STORAGE_KEY = 'quittance-administrator-token'

/**
 * Reads the token in the fragment of the address (#token=…), which the start of the server prints, and removes it from
 * the address bar. The customer's token comes from the server, which gives it to the administrator of a demo.
 * @returns `pasted` instead where the server hands out no customer's token
 */
export async function loadTokens(): Promise<{ tokens: Tokens; pasted: string }> {
  const administrator = takeFragment() ?? sessionStorage.getItem(STORAGE_KEY) ?? ''
  if (!administrator) return { tokens: NO_TOKENS, pasted: '' }
  const customer = await requestCustomerToken(administrator)
  if (customer === undefined) return { tokens: NO_TOKENS, pasted: administrator }
  return { tokens: { customer, administrator }, pasted: '' }
}

/** A new link opened in a tab that shows the explorer already does not load the page again by itself. */
export function reloadOnNewToken(): void {
  addEventListener('hashchange', () => {
    if (takeFragment()) location.reload()
  })
}

function takeFragment(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (!token) return undefined
  history.replaceState(null, '', location.pathname + location.search)
  sessionStorage.setItem(STORAGE_KEY, token)
  return token
}

async function requestCustomerToken(administrator: string): Promise<string | undefined> {
  const headers = { authorization: `Bearer ${administrator}` }
  const response = await fetch('/demo/customer-token', { method: 'POST', headers }).catch(() => undefined)
  if (response?.status === 401) sessionStorage.removeItem(STORAGE_KEY)
  if (!response?.ok) return undefined
  const { token } = await response.json()
  return token
}
