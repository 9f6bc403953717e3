export interface Link {
  /** Invoice number and field, such as "INV-2026-000003 pdfUrl", or the path in the response. */
  label: string
  url: URL
}

const MAX_LINKS = 12

/** @returns the distinct http and https URLs in a response */
export function findLinks(response: string): Link[] {
  const links = new Map<string, Link>()
  for (const { label, text } of collectTexts(parseResponse(response), [])) {
    const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined
    if (url && !links.has(url.href)) links.set(url.href, { label, url })
  }
  return [...links.values()].slice(0, MAX_LINKS)
}

function parseResponse(response: string): unknown {
  try {
    return JSON.parse(response)
  } catch {
    // The response is still empty, or a connection error.
    return undefined
  }
}

function collectTexts(value: unknown, path: readonly string[], number?: string): { label: string; text: string }[] {
  if (typeof value === 'string') {
    const label = number ? `${number} ${path.at(-1)}` : path.filter((key) => key !== 'data').join('.')
    return [{ label, text: value }]
  }
  if (typeof value !== 'object' || value === null) return []
  const invoiceNumber = 'number' in value && typeof value.number === 'string' ? value.number : undefined
  return Object.entries(value).flatMap(([key, child]) => collectTexts(child, [...path, key], invoiceNumber))
}
