/** Formats the list by role and owner, with one line per type. */
export function writeList(lines: Iterable<string>): string {
  const roles = new Map<string, Map<string, Map<string, string[]>>>()
  for (const line of [...lines].sort()) {
    const [role = '', owner = '', readable = ''] = line.split(' | ')
    const [type = '', field = ''] = readable.split('.')
    const owners = roles.get(role) ?? new Map<string, Map<string, string[]>>()
    const types = owners.get(owner) ?? new Map<string, string[]>()
    types.set(type, [...(types.get(type) ?? []), field])
    owners.set(owner, types)
    roles.set(role, owners)
  }
  const paragraphs = [...roles].map(([role, owners]) => {
    const sections = [...owners].map(([owner, types]) =>
      [`  ${owner}`, ...[...types].map(([type, fields]) => `    ${type}: ${fields.join(' ')}`)].join('\n'),
    )
    return `${role} can read of\n${sections.join('\n')}`
  })
  return `${HEADER}\n${paragraphs.join('\n\n')}\n`
}

const HEADER = `# What each role can read of others, by owner, type and field. visibility.test.ts compares it with the schema.
# What a principal reads of itself is not listed. Regenerate it with WRITE_VISIBILITY=1 and review every new line.
`

/** The lines of the list: `role | owner | Type.field`. */
export function readList(text: string): Set<string> {
  const lines = new Set<string>()
  let [role, owner] = ['', '']
  for (const line of text.split('\n')) {
    if (line.endsWith(' can read of')) role = line.slice(0, -' can read of'.length)
    else if (line.startsWith('    ')) {
      const [type = '', fields = ''] = line.trim().split(': ')
      for (const field of fields.split(' ')) lines.add(`${role} | ${owner} | ${type}.${field}`)
    } else if (line.startsWith('  ')) owner = line.trim()
  }
  return lines
}
