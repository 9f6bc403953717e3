import { escapeXml } from '../../../platform/pdf/syntax.js'

/**
 * An element of elements that are already XML. It is omitted if it would be empty, because no syntax of electronic invoices
 * allows that.
 */
export function group(name: string, ...content: readonly string[]): string {
  const inner = content.join('')
  return inner && `<${name}>${inner}</${name}>`
}

/**
 * An element with a text. It is omitted without a text.
 * @param attributes  the undefined ones are omitted
 */
export function text(name: string, value: string | number | undefined, attributes?: Readonly<Record<string, string | undefined>>): string {
  if (value === undefined) return ''
  const escaped = escapeXml(String(value)).trim()
  if (escaped === '') return ''
  let written = ''
  for (const key in attributes) {
    const content = attributes[key]
    if (content !== undefined) written += ` ${key}="${escapeXml(content)}"`
  }
  return `<${name}${written}>${escaped}</${name}>`
}

/** A document with its root element. */
export function xmlDocument(root: string, namespaces: Readonly<Record<string, string>>, ...content: readonly string[]): string {
  const declared = Object.entries(namespaces).map(([prefix, uri]) => ` ${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${uri}"`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${declared.join('')}>${content.join('')}</${root}>`
}
