import { connect, createServer } from 'node:net'

/**
 * A TCP proxy that can be delayed, cut or disabled.
 * @param target  port, or path of a socket, as for net.connect
 */
export async function startProxy(target, port = 0) {
  const pairs = new Set()
  let delay = 0
  let isEnabled = true
  const server = createServer((near) => {
    if (!isEnabled) return near.destroy()
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
        // Chunks stay in order, because all have the same delay.
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
    setDelay(milliseconds) {
      delay = milliseconds
    },
    restore() {
      if (delay > 0) cut()
      delay = 0
      isEnabled = true
    },
    disable() {
      isEnabled = false
      cut()
    },
    async close() {
      cut()
      await new Promise((done) => server.close(done))
    },
  }
}
