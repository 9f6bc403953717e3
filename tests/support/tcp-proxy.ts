import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type pg from 'pg'

/** The path of the Unix socket on which a database listens. */
export function socketOf({ host, port = 5432 }: pg.PoolConfig): string {
  return join(String(host), `.s.PGSQL.${port}`)
}

/** A proxy from TCP to a Unix socket. Tests cut the connection, let it swallow what is sent, or switch it to another database. */
export class TcpProxy {
  readonly host = '127.0.0.1'
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isCut = false
  #isFrozen = false
  #target: string

  private constructor(target: string) {
    this.#target = target
    this.#server = createServer((client) => {
      if (this.#isCut) return client.destroy()
      const upstream = connect(this.#target)
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        this.#sockets.add(from)
        from.on('data', (chunk) => to.write(chunk))
        if (this.#isFrozen) from.pause()
        from.on('error', () => to.destroy())
        from.on('close', () => {
          this.#sockets.delete(from)
          to.destroy()
        })
      }
    })
  }

  static async start(target: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(target)
    await new Promise<void>((done) => proxy.#server.listen(0, proxy.host, done))
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Closes all connections and refuses new ones. */
  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Passes nothing on, and keeps the connections open, also new ones. */
  freeze(): void {
    this.#isFrozen = true
    for (const socket of this.#sockets) socket.pause()
  }

  /** Ends `cut` and `freeze`. */
  restore(): void {
    this.#isCut = false
    this.#isFrozen = false
    for (const socket of this.#sockets) socket.resume()
  }

  /** Closes all connections and leads new ones to another database, as after a fail-over. */
  switchTo(target: string): void {
    this.cut()
    this.#target = target
    this.restore()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((done) => this.#server.close(done))
  }
}
