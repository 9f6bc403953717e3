/** What the server has written into the HTML: src/api/http/page-html.ts. */
export interface PageSettings {
  readonly company: string
  /** "#rrggbb" */
  readonly accentColor: string
  readonly logoUrl: string | null
  readonly locale: string
  /** The seller's, for example "Europe/Berlin". Days of the pages are those of documents. */
  readonly timeZone: string
  /** Whether the browser has a cookie of this page. */
  readonly hasCookie: boolean
  /** Set on the page of a link that signs in. */
  readonly link?: { readonly state: 'READY' | 'OPENED' | 'EXPIRED' | 'INVALID'; readonly needsButton: boolean }
}

const DEFAULTS: PageSettings = {
  company: 'Quittance',
  accentColor: '#0b5cad',
  logoUrl: null,
  locale: 'en',
  timeZone: 'UTC',
  hasCookie: false,
}

export const settings: PageSettings = {
  ...DEFAULTS,
  ...parse(document.querySelector<HTMLMetaElement>('meta[name=quittance-settings]')?.content),
}

/** Of this response. Styles that components create need it. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''

// Read by react-remove-scroll, which the dialogs of Mantine use.
Reflect.set(globalThis, '__webpack_nonce__', nonce)

function parse(text: string | undefined): Partial<PageSettings> {
  try {
    return JSON.parse(text ?? '{}')
  } catch {
    return {}
  }
}
