import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type pg from 'pg'

/** A port of this machine, or the path of a Unix socket. */
type Target = number | string

interface Connection {
  sockets: Socket[]
  /** Every byte is lost in both directions. */
  isSilent: boolean
}

/** The path of the Unix socket on which a database listens. */
export function socketOf({ host, port = 5432 }: pg.PoolConfig): string {
  return join(String(host), `.s.PGSQL.${port}`)
}

/** A TCP proxy whose connections can be closed, refused, silenced, delayed and led to another target. */
export class TcpProxy {
  readonly host = '127.0.0.1'
  readonly #server: Server
  readonly #connections = new Set<Connection>()
  #target: Target
  #isRefusing = false
  #isSilent = false
  #delay = 0

  private constructor(target: Target) {
    this.#target = target
    this.#server = createServer((client) => this.#accept(client))
  }

  static async start(target: Target): Promise<TcpProxy> {
    const proxy = new TcpProxy(target)
    await new Promise<void>((done) => proxy.#server.listen(0, proxy.host, done))
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Closes all connections, and accepts new ones. */
  cut(): void {
    for (const { sockets } of this.#connections) for (const socket of sockets) socket.destroy()
  }

  /** Closes all connections, and refuses new ones until `restore`. */
  refuse(): void {
    this.#isRefusing = true
    this.cut()
  }

  /** Loses every byte of the open connections and closes none, as when a firewall has forgotten them. */
  silenceOpenConnections(): void {
    for (const connection of this.#connections) connection.isSilent = true
  }

  /** Does the same to new connections until `restore`, as when a host disappears. */
  silence(): void {
    this.#isSilent = true
    this.silenceOpenConnections()
  }

  setDelay(milliseconds: number): void {
    this.#delay = milliseconds
  }

  /** Ends all of the above. Closes the connections that have lost bytes, or in which later bytes could overtake delayed ones. */
  restore(): void {
    for (const { isSilent, sockets } of this.#connections) {
      if (isSilent || this.#delay > 0) for (const socket of sockets) socket.destroy()
    }
    this.#isRefusing = false
    this.#isSilent = false
    this.#delay = 0
  }

  /** Closes all connections and leads new ones to another target, as after a fail-over. */
  switchTo(target: Target): void {
    this.#target = target
    this.restore()
    this.cut()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((done) => this.#server.close(done))
  }

  #accept(client: Socket): void {
    if (this.#isRefusing) return void client.destroy()
    const upstream = connect(this.#target as string)
    const connection: Connection = { sockets: [client, upstream], isSilent: this.#isSilent }
    this.#connections.add(connection)
    this.#pass(client, upstream, connection)
    this.#pass(upstream, client, connection)
  }

  #pass(from: Socket, to: Socket, connection: Connection): void {
    from.on('data', (chunk) => {
      if (connection.isSilent) return
      if (this.#delay === 0) to.write(chunk)
      else setTimeout(() => to.write(chunk), this.#delay)
    })
    from.on('error', () => undefined)
    from.on('close', () => {
      // The other end of a silent connection stays open until `cut` or `restore`.
      if (!connection.isSilent) to.destroy()
      if (connection.sockets.every((socket) => socket.destroyed)) this.#connections.delete(connection)
    })
  }
}
