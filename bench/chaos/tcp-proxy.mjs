import { connect, createServer } from 'node:net'

/**
 * A TCP proxy that can be delayed, cut, disabled or switched, and that can swallow what is sent.
 * @param target  port, or path of a socket, as for net.connect
 */
export async function startProxy(target, port = 0) {
  const sockets = new Set()
  let current = target
  let delay = 0
  let isEnabled = true
  let isSwallowing = false
  const server = createServer((near) => {
    if (!isEnabled) return near.destroy()
    if (isSwallowing) return track(near)
    const far = connect(current)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      track(from, to)
      from.on('data', (chunk) => {
        if (isSwallowing) return
        // Chunks stay in order, because all have the same delay.
        if (delay === 0) to.write(chunk)
        else setTimeout(() => to.write(chunk), delay)
      })
    }
  })
  const track = (socket, peer) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      if (!isSwallowing) peer?.destroy()
    })
  }
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  await new Promise((done) => server.listen(port, '127.0.0.1', done))
  return {
    port: server.address().port,
    cut,
    setDelay(milliseconds) {
      delay = milliseconds
    },
    disable() {
      isEnabled = false
      cut()
    },
    /** Loses every byte in both directions and closes no connection, as when a host disappears. */
    swallow() {
      isSwallowing = true
    },
    /** Ends all of the above. Connections that have lost bytes are closed. */
    restore() {
      const hasLostBytes = isSwallowing || delay > 0
      delay = 0
      isEnabled = true
      isSwallowing = false
      if (hasLostBytes) cut()
    },
    /** Leads to another database from now on. */
    switchTo(next) {
      current = next
      cut()
    },
    async close() {
      cut()
      await new Promise((done) => server.close(done))
    },
  }
}
