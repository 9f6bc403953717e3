import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { prettyStream } from '../../src/config/logger.js'

/** A logger with the lines that a terminal without colors shows. */
function terminal() {
  let output = ''
  const destination = new Writable({
    write(chunk, _encoding, done) {
      output += chunk
      done()
    },
  })
  const log = pino({ base: { pid: 1, hostname: 'host' } }, prettyStream({ colorize: false, destination }))
  return { log, lines: () => output.split('\n').slice(0, -1) }
}

const REQUEST = { method: 'POST', route: '/graphql', status: 200, ms: 3, caller: 'user:55', operation: 'query Plans' }

test('prints a request as exactly one line', () => {
  const { log, lines } = terminal()
  log.child({ reqId: 'id-of-the-request' }).info(REQUEST, 'request')
  expect(lines()).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d INFO request POST \/graphql 200 3 ms user:55 query Plans$/)])
})

test('omits unknown parts of a request', () => {
  const { log, lines } = terminal()
  log.info({ method: 'GET', route: undefined, status: 404, ms: 0 }, 'request')
  expect(lines()).toEqual([expect.stringMatching(/INFO request GET 404 0 ms$/)])
})

test('prints the fields of other lines, and the request id of warnings', () => {
  const { log, lines } = terminal()
  log.info({ url: 'http://localhost:4000' }, 'listening')
  log.child({ reqId: 'id-of-the-request' }).warn({ reason: 'timeout' }, 'not ready')
  expect(lines()).toEqual([
    expect.stringMatching(/INFO listening \{"url":"http:\/\/localhost:4000"\}$/),
    expect.stringMatching(/WARN not ready id-of-the-request \{"reason":"timeout"\}$/),
  ])
})

test('prints the stack of an error below its line', () => {
  const { log, lines } = terminal()
  log.error({ err: new Error('broken') }, 'a request failed')
  expect(lines()[0]).toMatch(/ERROR a request failed/)
  expect(lines().join('\n')).toContain('Error: broken\n')
})

test('replaces control characters, so that they cannot start a line or change colors', () => {
  const { log, lines } = terminal()
  log.info('first\nsecond\u001b[31m')
  expect(lines()).toEqual([expect.stringMatching(/INFO first second \[31m$/)])
})
