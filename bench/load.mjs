import { connect } from 'node:net'

const CONNECTIONS = 16
const END_OF_HEAD = Buffer.from('\r\n\r\n')

/**
 * Repeats a request over keep-alive connections, one request at a time on each. It uses plain sockets,
 * because on two cores a client with more features would dominate the measurement.
 * @param request  { url, method, headers, body, expect: a text that every response contains }
 * @param seconds  duration
 * @returns requests per second, and latencies in milliseconds
 */
export async function load({ url, method = 'GET', headers = {}, body = '', expect = '' }, seconds, connections = CONNECTIONS) {
  const { host, hostname, port, pathname, search } = new URL(url)
  const fields = { host, ...headers, ...(body && { 'content-length': Buffer.byteLength(body) }) }
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  const bytes = Buffer.from(`${method} ${pathname}${search} HTTP/1.1\r\n${head.join('')}\r\n${body}`)
  const times = []
  const until = performance.now() + seconds * 1000
  const started = performance.now()
  await Promise.all(
    Array.from({ length: connections }, () => runConnection({ hostname, port, bytes, until, times, expect: Buffer.from(expect) })),
  )
  const elapsed = (performance.now() - started) / 1000
  times.sort((one, other) => one - other)
  const at = (part) => times[Math.floor(times.length * part)]
  return { rate: times.length / elapsed, p50: at(0.5), p99: at(0.99) }
}

function runConnection({ hostname, port, bytes, until, times, expect }) {
  return new Promise((done, fail) => {
    const socket = connect(Number(port), hostname)
    let chunks = []
    let received = 0
    let expected = -1
    let sent = 0
    let isFirst = true
    const send = () => {
      chunks = []
      received = 0
      expected = -1
      sent = performance.now()
      socket.write(bytes)
    }
    socket.setNoDelay(true).on('connect', send).on('error', fail)
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      received += chunk.length
      if (expected < 0) {
        const all = chunks.length === 1 ? chunk : Buffer.concat(chunks)
        const end = all.indexOf(END_OF_HEAD)
        if (end < 0) return
        const head = all.latin1Slice(0, end)
        const length = /^content-length: *(\d+)/im.exec(head)
        if (!head.startsWith('HTTP/1.1 200') || !length) return socket.destroy(new Error(`unexpected response: ${head.slice(0, 200)}`))
        expected = end + 4 + Number(length[1])
      }
      if (received < expected) return
      times.push(performance.now() - sent)
      // All responses of a run are the same, so only the isFirst one is checked.
      if (isFirst && !Buffer.concat(chunks).includes(expect))
        return socket.destroy(new Error(Buffer.concat(chunks).toString().slice(0, 500)))
      isFirst = false
      if (performance.now() < until) return send()
      socket.destroy()
      done()
    })
  })
}
