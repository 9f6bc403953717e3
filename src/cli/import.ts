import { writeFile } from 'node:fs/promises'
import { SingleBar } from 'cli-progress'
import { stringify } from 'csv-stringify/sync'
import { parseImportConfig } from '../config/config.js'
import { systemClock } from '../core/clock.js'
import {
  countRejectedRows,
  type ImportRow,
  KINDS,
  PRESETS,
  type Preset,
  type RejectedRow,
  type RowKind,
  readImportFile,
  type ValidatedRows,
  validateRows,
  writeRows,
} from '../modules/import/index.js'
import { storeImportedReports } from '../modules/payments/index.js'
import { createMissingGlyphFinder } from '../platform/pdf/missing-glyphs.js'
import type { Database } from '../platform/postgres/client.js'
import { UsageError } from './command.js'
import { withDatabase } from './with-database.js'

const MAX_PRINTED_REJECTIONS = 20
const MAX_PRINTED_IDS = 20

interface ImportOptions {
  from: string
  kind: string | undefined
  preset: string | undefined
  'dry-run': boolean | undefined
  'skip-rejected': boolean | undefined
  'minor-units': boolean | undefined
}

/** Validates the rows of a file, prints a report and writes the valid rows. */
export async function importFile({ from, kind, preset: presetName, ...flags }: ImportOptions): Promise<void> {
  const preset = parsePreset(presetName)
  const minorUnits = flags['minor-units'] === true
  if (preset && minorUnits) throw new UsageError(`--minor-units cannot be combined with --preset ${preset}, whose amounts are decimals`)
  const rows = await readImportFile(from, parseKind(kind))
  const { fonts, ...prices } = parseImportConfig(process.env)
  const findMissingGlyph = createMissingGlyphFinder(fonts)
  await withDatabase(async (db) => {
    const validated = await validateRows(db, rows, { ...prices, minorUnits, preset, at: systemClock.now(), findMissingGlyph })
    const report = from.replace(/\/+$/, '')
    printReport(rows, validated)
    await reportNotices(`${report}.notices.csv`, validated)
    if (validated.rejected.length > 0) await writeRejected(`${report}.rejected.csv`, validated.rejected)
    if (flags['dry-run']) return console.log('Nothing was written: --dry-run.')
    if (validated.rejected.length > 0 && !flags['skip-rejected']) {
      process.exitCode = 1
      return console.log('Nothing was written. Fix the rejected rows, or import the others with --skip-rejected.')
    }
    await writeWithProgress(db, validated)
  })
}

function parseKind(text: string | undefined): RowKind | undefined {
  const kind = KINDS.find((each) => each === text)
  if (text !== undefined && !kind) throw new UsageError(`--kind must be one of ${KINDS.join(', ')}`)
  return kind
}

function parsePreset(text: string | undefined): Preset | undefined {
  const preset = PRESETS.find((each) => each === text)
  if (text !== undefined && !preset) throw new UsageError(`--preset must be one of ${PRESETS.join(', ')}`)
  return preset
}

function printReport(rows: readonly ImportRow[], validated: ValidatedRows): void {
  for (const kind of KINDS) {
    const total = rows.filter((row) => row.kind === kind).length
    if (total > 0) console.log(`${kind.padEnd(14)} ${total} in the file, ${validated[kind].length} to write`)
  }
  if (validated.grants.length > 0) console.log(`${validated.grants.length} plans of organisations without an order.`)
  if (validated.unchanged > 0) console.log(`${validated.unchanged} unchanged.`)
  for (const kind of KINDS) {
    const columns = validated.ignored.filter((column) => column.kind === kind)
    const list = columns.map(({ column, values }) => (values > 0 ? `${column} (${values})` : column))
    if (list.length > 0) console.log(`Ignored columns of ${kind}, with the number of values: ${list.join(', ')}`)
  }
}

/** Prints the notices, with the first rows of each. The file has all rows. */
async function reportNotices(file: string, { notices }: ValidatedRows): Promise<void> {
  if (notices.length === 0) return
  for (const { kind, text, ids } of notices) {
    const more = ids.length > MAX_PRINTED_IDS ? ` and ${ids.length - MAX_PRINTED_IDS} more` : ''
    console.log(`Notice: ${kind} ${ids.slice(0, MAX_PRINTED_IDS).join(', ')}${more}: ${text}`)
  }
  const rows = notices.flatMap(({ kind, text, ids }) => ids.map((id) => ({ kind, id, notice: text })))
  await writeFile(file, stringify(rows, { header: true }))
  console.log(`All notices are in ${file}`)
}

async function writeRejected(path: string, rejected: readonly RejectedRow[]): Promise<void> {
  const rows = rejected.map(({ file, line, rowNumber, ...rest }) => ({ file, line, row: rowNumber, ...rest }))
  const columns = ['file', 'line', 'kind', 'row', 'id', 'column', 'value', 'reason']
  await writeFile(path, stringify(rows, { header: true, columns }))
  for (const problem of rejected.slice(0, MAX_PRINTED_REJECTIONS)) console.error(formatRejection(problem))
  console.error(`${countRejectedRows(rejected)} rejected; see ${path}`)
}

/** For example `rejected: orders.csv, line 7 (order 101), column amount, value "15,00": must be an amount such as 15.00`. */
function formatRejection({ file, line, kind, rowNumber, id, column, value, reason }: RejectedRow): string {
  const place = line === null ? `${kind}, row ${rowNumber}` : `line ${line}`
  return `rejected: ${file}, ${place} (${id}), column ${column}, value "${value}": ${reason}`
}

async function writeWithProgress(db: Database, validated: ValidatedRows): Promise<void> {
  const total = KINDS.reduce((sum, kind) => sum + validated[kind].length, validated.grants.length)
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {value} of {total} | {duration_formatted}',
    noTTYOutput: true,
    notTTYSchedule: 1000,
  })
  bar.start(total, 0)
  await writeRows({ db, clock: systemClock }, validated, (done) => bar.update(done))
  await storeImportedReports({ db, clock: systemClock })
  bar.stop()
  console.log(`Written: ${total}.`)
}
