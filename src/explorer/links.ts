export interface Link {
  /** The document and the field, such as "INV-2026-000003 pdfUrl", or else the place in the answer. */
  label: string
  url: URL
}

const MAX_LINKS = 12

/** @returns the addresses in an answer that a browser can open, each once */
export function findLinks(response: string): Link[] {
  const links = new Map<string, Link>()
  for (const { label, text } of textsOf(parsed(response), [])) {
    const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined
    if (url && !links.has(url.href)) links.set(url.href, { label, url })
  }
  return [...links.values()].slice(0, MAX_LINKS)
}

function parsed(response: string): unknown {
  try {
    return JSON.parse(response)
  } catch {
    // An answer that is not there yet, or an error of the connection.
    return undefined
  }
}

function textsOf(value: unknown, path: readonly string[], number?: string): { label: string; text: string }[] {
  if (typeof value === 'string') {
    const label = number ? `${number} ${path.at(-1)}` : path.filter((key) => key !== 'data').join('.')
    return [{ label, text: value }]
  }
  if (typeof value !== 'object' || value === null) return []
  const own = 'number' in value && typeof value.number === 'string' ? value.number : undefined
  return Object.entries(value).flatMap(([key, each]) => textsOf(each, [...path, key], own))
}
