// node scripts/list-failures.mjs FOLDER: prints one line per failed test of vitest's JSON reports in the
// folder, with the suite (the name of the report), the file, the test and the first line of the failure.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'

const [folder] = process.argv.slice(2)
const reports = readdirSync(folder).filter((name) => name.endsWith('.json'))
for (const line of reports.flatMap(failuresOf)) console.log(line)

function failuresOf(report) {
  const { testResults } = JSON.parse(readFileSync(join(folder, report), 'utf8'))
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed')
    // A file that cannot be loaded, or whose hooks fail, has no failed test.
    const failures = failed.length === 0 && status === 'failed' ? [{ fullName: '(file)', failureMessages: [message] }] : failed
    return failures.map(({ fullName, failureMessages: [failure = ''] }) =>
      ['failed:', basename(report, '.json'), relative('.', name), `${oneLine(fullName)}:`, firstLine(failure)].join(' '),
    )
  })
}

function firstLine(text) {
  return oneLine(text.trim().split('\n')[0])
}

function oneLine(text) {
  return text.replaceAll(/\s+/g, ' ')
}
