/** Control characters except tab and line breaks, halves of surrogate pairs, and what XML does not allow. */
const NOT_TEXT = /[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/gu

/** A text as an electronic invoice states it. @returns undefined if nothing remains, because elements must not be empty */
export function statedText(value: string | null | undefined): string | undefined {
  const text = (value ?? '').replace(NOT_TEXT, '').trim()
  return text === '' ? undefined : text
}
