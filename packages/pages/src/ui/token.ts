const STORAGE_KEY = 'quittance-page-token'

/**
 * A token in the fragment of the URL (#token=…), which browsers never send to a server. It is stored for this tab only, and
 * removed from the address bar. Without one, the cookie of the page or of the panel signs in.
 */
const fromFragment = new URLSearchParams(location.hash.slice(1)).get('token')
if (fromFragment) {
  history.replaceState(null, '', location.pathname + location.search)
  sessionStorage.setItem(STORAGE_KEY, fromFragment)
}

export function token(): string | undefined {
  return sessionStorage.getItem(STORAGE_KEY) ?? undefined
}

export function clearToken(): void {
  sessionStorage.removeItem(STORAGE_KEY)
}
