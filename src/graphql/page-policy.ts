const EVERY_PAGE = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
]

/** The Content-Security-Policy of a page of ours: nothing from other hosts. @param more  what this page needs beside that */
export function pagePolicy(...more: string[]): string {
  return [...EVERY_PAGE, ...more].join('; ')
}
