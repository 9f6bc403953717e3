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
import { command, UsageError } from './command.js'
import { withDatabase } from './with-database.js'

const MAX_PRINTED_REJECTIONS = 20

const usage = `Imports users, organisations, memberships, plans and orders of another panel's database.
npm run import -- --from orders.csv                        a table of one kind: ${KINDS.join(', ')}
npm run import -- --from export.json                       an object of lists, or one list
  --kind orders      what the file holds, where its name does not say it
  --dry-run          only look, and report
  --skip-rejected    write the good rows although others are rejected
  --minor-units      amounts are counts of the smallest unit: 1500 is 15.00`

const options = {
  from: { type: 'string' },
  kind: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  'skip-rejected': { type: 'boolean', default: false },
  'minor-units': { type: 'boolean', default: false },
} as const

await command({ usage, options }, async (values) => {
  const { from } = values
  if (!from) throw new UsageError('--from is missing')
  const rows = await readImportFile(from, kindOf(values.kind))
  const { currency } = parseDatabaseConfig(process.env)
  await withDatabase(async (db) => {
    const checked = await validateRows(db, rows, { currency, minorUnits: values['minor-units'] })
    printReport(rows, checked)
    if (checked.rejected.length > 0) await writeRejected(`${from}.rejected.csv`, checked.rejected)
    if (values['dry-run']) return console.log('Nothing was written: --dry-run.')
    if (checked.rejected.length > 0 && !values['skip-rejected']) {
      process.exitCode = 1
      return console.log('Nothing was written. Mend the rows, or take the others with --skip-rejected.')
    }
    await writeWithProgress(db, checked)
  })
})

function kindOf(text: string | undefined): RowKind | undefined {
  const kind = KINDS.find((each) => each === text)
  if (text !== undefined && !kind) throw new UsageError(`--kind must be one of ${KINDS.join(', ')}`)
  return kind
}

function printReport(rows: readonly ImportRow[], checked: ValidatedRows): void {
  for (const kind of KINDS) {
    const total = rows.filter((row) => row.kind === kind).length
    if (total > 0) console.log(`${kind.padEnd(14)} ${total} in the file, ${checked[kind].length} to write`)
  }
  if (checked.unchanged > 0) console.log(`${checked.unchanged} are there already.`)
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
  console.error(`${rejected.length} rejected; all of them are in ${file}`)
}

async function writeWithProgress(db: Database, checked: ValidatedRows): Promise<void> {
  const total = KINDS.reduce((sum, kind) => sum + checked[kind].length, 0)
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {value} of {total} | {duration_formatted}',
    noTTYOutput: true,
    notTTYSchedule: 1000,
  })
  bar.start(total, 0)
  await writeRows({ db, clock: systemClock }, checked, (done) => bar.update(done))
  bar.stop()
  console.log(`Written: ${total}.`)
}
