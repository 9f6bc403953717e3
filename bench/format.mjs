// Numbers, tables and paragraphs of docs/performance.md.

export const number = (value) => Math.round(value).toLocaleString('en')
export const rate = (value) => (value < 100 ? value.toFixed(1) : number(value))
/** A single round has no spread. */
export const spread = ({ rate: median, spread: [min, max] }) => rate(median) + (min < max ? ` (${number(min)} to ${number(max)})` : '')
/** Statements of an operation. */
export const count = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(value < 1 ? 2 : 1))
export const milliseconds = (value) => (Number.isFinite(value) ? `${value.toFixed(value < 1 ? 2 : 1)} ms` : '')
export const seconds = (value) => `${value.toFixed(2)} s`
/** 0.42x, 3.4x, 17x */
export const times = (value) => (Number.isFinite(value) ? `${value.toFixed(value < 1 ? 2 : value < 10 ? 1 : 0)}x` : '')
export const percent = (value) => `${Math.round(value * 100)}%`

/** A row of the summary with a goal that the value must reach. */
export function atLeast(work, value, goal, format = times) {
  return { work, result: format(value), goal: format(goal), isMet: value >= goal }
}

/** A row of the summary with a goal that the value must not exceed. */
export function atMost(work, value, goal, format = times) {
  return { work, result: format(value), goal: `at most ${format(goal)}`, isMet: value <= goal }
}

/** @param rows  arrays of cells; the first one is the header */
export function table([header, ...rows]) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n')
}

/** Columns that a comparison has only if anything was measured for them. */
const OPTIONAL_COLUMNS = [
  ['p50', ({ p50 }) => p50, milliseconds],
  ['Node CPU', ({ nodeCpu }) => nodeCpu, milliseconds],
  ['PostgreSQL CPU', ({ databaseCpu }) => databaseCpu, milliseconds],
  ['SQL statements', ({ statements }) => statements, count],
]

/**
 * Compares Quittance with peers. The CPU time is that of one operation.
 * @param work  what is measured, for "Where a peer is faster"
 * @param unit  header of the rates, such as "orders per second"
 * @param ours  `{ name, result }`, or several
 * @param peers  `{ name, result, lacks }`; `lacks` states what the peer does not do. All are compared with the first of ours.
 * @returns the table, and the comparisons as data
 */
export function compare({ work, unit, ours, peers }) {
  const own = [ours].flat()
  const [{ result: reference }] = own
  const results = [...own, ...peers].map(({ result }) => result)
  const columns = OPTIONAL_COLUMNS.filter(([, read]) => results.some((result) => Number.isFinite(read(result))))
  const cells = (name, result) => [
    name,
    spread(result),
    ...columns.map(([, read, format]) => (Number.isFinite(read(result)) ? format(read(result)) : '')),
  ]
  const comparisons = peers.map(({ name, result, lacks }) => ({
    work,
    peer: name,
    lacks,
    rate: reference.rate / result.rate,
    nodeCpu: reference.nodeCpu / result.nodeCpu,
  }))
  const rows = peers.map(({ name, result }, index) => [
    ...cells(name, result),
    `**${times(comparisons[index].rate)}**`,
    times(comparisons[index].nodeCpu),
  ])
  const header = ['', unit, ...columns.map(([title]) => title), "Quittance's rate", 'its Node CPU']
  return { table: table([header, ...own.map(({ name, result }) => [...cells(`**${name}**`, result), '', '']), ...rows]), comparisons }
}

/** Breaks the lines of prose, which vary in length with the numbers; leaves headings and tables. */
export function wrap(text) {
  return text
    .split('\n\n')
    .map((block) =>
      /^[#|]/.test(block)
        ? block
        : block
            .replaceAll('\n', ' ')
            .replace(/(.{1,110})(?: |$)/g, '$1\n')
            .trimEnd(),
    )
    .join('\n\n')
}
