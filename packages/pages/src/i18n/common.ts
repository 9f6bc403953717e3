/** The texts that every page needs. */
export interface CommonTexts {
  language: string
  appearance: string
  appearances: Record<'auto' | 'light' | 'dark', string>
  menu: string
  skipToContent: string
  signOut: string
  signedInByPanel: (company: string) => string
  loading: string
  failed: string
  connectionLost: string
  retry: string
  cancel: string
  close: string
  back: string
  save: string
  saved: string
  next: string
  previous: string
  pages: string
  empty: string
  notFound: string
  notFoundText: string
  signedOut: string
  signedOutText: (company: string) => string
  signInTo: (company: string) => string
  signInText: string
  signIn: string
  linkUsed: string
  linkExpired: string
  linkInvalid: string
  linkText: string
}

/** The texts of a page in one language: those that all pages share, those of invoices, and its own. */
export interface PageTexts<T> {
  readonly common: CommonTexts
  readonly invoice: InvoiceTexts
  readonly page: T
}
