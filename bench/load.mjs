import { connect } from 'node:net'

const CONNECTIONS = 16
const END_OF_HEAD = Buffer.from('\r\n\r\n')

/**
 * Asks the same again and again over keep-alive connections, each with one request at a time. Written on bare sockets: on two
 * cores a client that does more is itself what is measured.
 * @param request  { url, method, headers, body, expect: what every answer contains }
 * @param seconds  for how long
 * @returns requests a second and latencies, milliseconds
 */
export async function load({ url, method = 'GET', headers = {}, body = '', expect = '' }, seconds, connections = CONNECTIONS) {
  const { host, hostname, port, pathname, search } = new URL(url)
  const fields = { host, ...headers, ...(body && { 'content-length': Buffer.byteLength(body) }) }
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  const bytes = Buffer.from(`${method} ${pathname}${search} HTTP/1.1\r\n${head.join('')}\r\n${body}`)
  const times = []
  const until = performance.now() + seconds * 1000
  const started = performance.now()
  await Promise.all(Array.from({ length: connections }, () => talk({ hostname, port, bytes, until, times, expect: Buffer.from(expect) })))
  const elapsed = (performance.now() - started) / 1000
  times.sort((one, other) => one - other)
  const at = (part) => times[Math.floor(times.length * part)]
  return { rate: times.length / elapsed, p50: at(0.5), p99: at(0.99) }
}

function talk({ hostname, port, bytes, until, times, expect }) {
  return new Promise((done, fail) => {
    const socket = connect(Number(port), hostname)
    let chunks = []
    let have = 0
    let want = -1
    let sent = 0
    let first = true
    const ask = () => {
      chunks = []
      have = 0
      want = -1
      sent = performance.now()
      socket.write(bytes)
    }
    socket.setNoDelay(true).on('connect', ask).on('error', fail)
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      have += chunk.length
      if (want < 0) {
        const all = chunks.length === 1 ? chunk : Buffer.concat(chunks)
        const end = all.indexOf(END_OF_HEAD)
        if (end < 0) return
        const head = all.latin1Slice(0, end)
        const length = /^content-length: *(\d+)/im.exec(head)
        if (!head.startsWith('HTTP/1.1 200') || !length) return socket.destroy(new Error(`it answered ${head.slice(0, 200)}`))
        want = end + 4 + Number(length[1])
      }
      if (have < want) return
      times.push(performance.now() - sent)
      // Every answer of a run is the same; the first one is looked at.
      if (first && !Buffer.concat(chunks).includes(expect)) return socket.destroy(new Error(Buffer.concat(chunks).toString().slice(0, 500)))
      first = false
      if (performance.now() < until) return ask()
      socket.destroy()
      done()
    })
  })
}
