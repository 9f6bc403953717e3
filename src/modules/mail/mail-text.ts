import type { MailParts } from './mail-html.js'

const MAX_LINE_LENGTH = 76

/** The plain text of a mail, with the same content as its HTML. @param labelled  joins a label and a value */
export function mailText(
  { heading, greeting, paragraphs, amount, details, buttons, note, closing, seller, footer }: MailParts,
  labelled: (label: string, value: string) => string,
): string {
  const rows = [...(amount ? [amount] : []), ...details].map(({ label, value }) => labelled(label, value))
  const links = buttons.map(({ label, url }) => `${label}\n${url}`)
  const blocks = [
    `${wrap(heading)}\n${'='.repeat(Math.min(Array.from(heading).length, MAX_LINE_LENGTH))}`,
    greeting,
    ...paragraphs.map(wrap),
    rows.join('\n'),
    ...links,
    ...(note === undefined ? [] : [wrap(note)]),
    `${closing}\n${seller}`,
    // Programs hide what follows such a line in replies. Source: RFC 3676, 4.3.
    `-- \n${footer.map(wrap).join('\n')}`,
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

/** Breaks lines at spaces only, so that links and numbers remain whole. */
function wrap(text: string): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + 1 + word.length <= MAX_LINE_LENGTH) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines.join('\n')
}
