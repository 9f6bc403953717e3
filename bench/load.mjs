import { connect } from 'node:net'

const CONNECTIONS = 16
const END_OF_HEAD = Buffer.from('\r\n\r\n')

/**
 * Repeats a request over keep-alive connections, one request at a time on each. It uses plain sockets,
 * because on two cores a client with more features would dominate the measurement.
 * @param request  { url: or several, which share the connections, method, headers, body, expect: a text, or several; every response contains one of them,
 *   next: returns the `{ headers, body }` of the next request if they differ, and undefined after the last }
 * @param limit  `{ seconds }` or `{ requests }`
 * @returns requests per second, their number, and latencies in milliseconds
 */
export async function load(
  request,
  { seconds = Number.POSITIVE_INFINITY, requests = Number.POSITIVE_INFINITY },
  connections = CONNECTIONS,
) {
  const { next } = request
  const same = next ? undefined : encode(request)
  const times = []
  const started = performance.now()
  const until = started + seconds * 1000
  let sent = 0
  const take = () => {
    if (sent >= requests || (sent > 0 && performance.now() >= until)) return undefined
    sent += 1
    if (same) return same
    const different = next()
    return different && encode({ ...request, ...different })
  }
  const urls = [request.url].flat()
  const options = { take, times, expected: [request.expect ?? ''].flat(), checksAll: next !== undefined }
  await Promise.all(
    Array.from({ length: Math.min(connections, requests) }, (_, index) => runConnection(new URL(urls[index % urls.length]), options)),
  )
  const elapsed = (performance.now() - started) / 1000
  if (times.length === 0) throw new Error(`nothing was sent to ${urls}: the measurement needs more bodies`)
  times.sort((one, other) => one - other)
  const at = (part) => times[Math.floor(times.length * part)]
  return { rate: times.length / elapsed, requests: times.length, p50: at(0.5), p99: at(0.99) }
}

function encode({ url, method = 'GET', headers = {}, body = '' }) {
  const { host, pathname, search } = new URL([url].flat()[0])
  const fields = { host, ...headers, ...(body && { 'content-length': Buffer.byteLength(body) }) }
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${pathname}${search} HTTP/1.1\r\n${head.join('')}\r\n${body}`)
}

function runConnection(address, { take, times, expected, checksAll }) {
  return new Promise((done, fail) => {
    const socket = connect(Number(address.port), address.hostname)
    let chunks = []
    let received = 0
    let length = -1
    let sent = 0
    let isFirst = true
    const send = () => {
      const bytes = take()
      if (!bytes) {
        done()
        return socket.destroy()
      }
      chunks = []
      received = 0
      length = -1
      sent = performance.now()
      socket.write(bytes)
    }
    socket
      .setNoDelay(true)
      .on('connect', send)
      .on('error', fail)
      .on('close', () => fail(new Error(`${address} has closed the connection`)))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      received += chunk.length
      if (length < 0) {
        const all = chunks.length === 1 ? chunk : Buffer.concat(chunks)
        const end = all.indexOf(END_OF_HEAD)
        if (end < 0) return
        const head = all.latin1Slice(0, end)
        const contentLength = /^content-length: *(\d+)/im.exec(head)
        if (!head.startsWith('HTTP/1.1 200') || !contentLength)
          return socket.destroy(new Error(`unexpected response: ${head.slice(0, 200)}`))
        length = end + 4 + Number(contentLength[1])
      }
      if (received < length) return
      times.push(performance.now() - sent)
      // Responses to the same request are the same, so only the first one is checked.
      if (isFirst || checksAll) {
        const response = Buffer.concat(chunks)
        if (!expected.some((text) => response.includes(text))) return socket.destroy(new Error(response.toString().slice(0, 500)))
      }
      isFirst = false
      send()
    })
  })
}
