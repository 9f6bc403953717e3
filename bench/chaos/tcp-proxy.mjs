import { connect, createServer } from 'node:net'

/** A wire that can be made slow, be cut, or be taken away. @param target  of net.connect: a port or the path of a socket */
export async function startWire(target, port = 0) {
  const pairs = new Set()
  let delay = 0
  let isThere = true
  const server = createServer((near) => {
    if (!isThere) return near.destroy()
    const far = connect(target)
    const pair = [near, far]
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      for (const socket of pair) socket.destroy()
    }
    for (const [from, to] of [pair, [far, near]]) {
      from.on('data', (chunk) => {
        if (delay === 0) return to.write(chunk)
        // In order: what comes later waits at least as long.
        setTimeout(() => to.write(chunk), delay)
      })
      from.on('error', end).on('close', end)
    }
  })
  await new Promise((done) => server.listen(port, '127.0.0.1', done))
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }
  return {
    port: server.address().port,
    cut,
    slow(milliseconds) {
      delay = milliseconds
    },
    heal() {
      if (delay > 0) cut()
      delay = 0
      isThere = true
    },
    remove() {
      isThere = false
      cut()
    },
    async close() {
      cut()
      await new Promise((done) => server.close(done))
    },
  }
}
