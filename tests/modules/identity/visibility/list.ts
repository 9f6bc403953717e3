/** The list as text: by role and owner, a line for each type. */
export function writeList(lines: Iterable<string>): string {
  const roles = new Map<string, Map<string, Map<string, string[]>>>()
  for (const line of [...lines].sort()) {
    const [role = '', owner = '', what = ''] = line.split(' | ')
    const [type = '', field = ''] = what.split('.')
    const owners = roles.get(role) ?? new Map<string, Map<string, string[]>>()
    const types = owners.get(owner) ?? new Map<string, string[]>()
    types.set(type, [...(types.get(type) ?? []), field])
    owners.set(owner, types)
    roles.set(role, owners)
  }
  const parts = [...roles].map(([role, owners]) => {
    const whose = [...owners].map(([owner, types]) =>
      [`  ${owner}`, ...[...types].map(([type, fields]) => `    ${type}: ${fields.join(' ')}`)].join('\n'),
    )
    return `${role} can read of\n${whose.join('\n')}`
  })
  return `${HEAD}\n${parts.join('\n\n')}\n`
}

const HEAD = `# What each role can read of others, by whose it is, type and field. Compared by visibility.test.ts with what the schema shows.
# What a principal reads of itself is not listed. Write it anew with WRITE_VISIBILITY=1, and review every line that is new.
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
