import { writeFile } from 'node:fs/promises'
import { SingleBar } from 'cli-progress'
import { stringify } from 'csv-stringify/sync'
import { parseDatabaseConfig } from '../config/config.js'
import { systemClock } from '../core/clock.js'
import {
  type ImportRow,
  KINDS,
  type RejectedRow,
  type RowKind,
  readImportFile,
  type ValidatedRows,
  validateRows,
  writeRows,
} from '../modules/import/index.js'
import type { Database } from '../platform/postgres/client.js'
import { UsageError } from './command.js'
import { withDatabase } from './with-database.js'

const MAX_PRINTED_REJECTIONS = 20

interface ImportOptions {
  from: string
  kind: string | undefined
  'dry-run': boolean | undefined
  'skip-rejected': boolean | undefined
  'minor-units': boolean | undefined
}

/** Validates the rows of a file, prints a report and writes the valid rows. */
export async function importFile({ from, kind, ...flags }: ImportOptions): Promise<void> {
  const rows = await readImportFile(from, parseKind(kind))
  const { currency } = parseDatabaseConfig(process.env)
  await withDatabase(async (db) => {
    const validated = await validateRows(db, rows, { currency, minorUnits: flags['minor-units'] === true })
    printReport(rows, validated)
    if (validated.rejected.length > 0) await writeRejected(`${from}.rejected.csv`, validated.rejected)
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

function printReport(rows: readonly ImportRow[], validated: ValidatedRows): void {
  for (const kind of KINDS) {
    const total = rows.filter((row) => row.kind === kind).length
    if (total > 0) console.log(`${kind.padEnd(14)} ${total} in the file, ${validated[kind].length} to write`)
  }
  if (validated.unchanged > 0) console.log(`${validated.unchanged} unchanged.`)
}

async function writeRejected(file: string, rejected: readonly RejectedRow[]): Promise<void> {
  await writeFile(
    file,
    stringify(
      rejected.map(({ kind, rowNumber, id, reason }) => ({ kind, row: rowNumber, id, reason })),
      { header: true },
    ),
  )
  for (const { kind, rowNumber, id, reason } of rejected.slice(0, MAX_PRINTED_REJECTIONS))
    console.error(`rejected: ${kind}, row ${rowNumber} (${id}): ${reason}`)
  console.error(`${rejected.length} rejected; see ${file}`)
}

async function writeWithProgress(db: Database, validated: ValidatedRows): Promise<void> {
  const total = KINDS.reduce((sum, kind) => sum + validated[kind].length, 0)
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {value} of {total} | {duration_formatted}',
    noTTYOutput: true,
    notTTYSchedule: 1000,
  })
  bar.start(total, 0)
  await writeRows({ db, clock: systemClock }, validated, (done) => bar.update(done))
  bar.stop()
  console.log(`Written: ${total}.`)
}
