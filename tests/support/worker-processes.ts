import { readdir, readFile } from 'node:fs/promises'
import { Agent, type IncomingMessage, request } from 'node:http'
import { expect, vi } from 'vitest'
import type { Program, RunningServer } from '../e2e/program.js'

/** Returns the worker processes of a server: number -> pid. */
export async function workersOf({ child }: Program): Promise<Map<number, number>> {
  const found = new Map<number, number>()
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [status, command] = await Promise.all(
      ['status', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    )
    const number = /main\.js\0worker\0(\d+)\0/.exec(command ?? '')?.[1]
    if (number && status?.includes(`PPid:\t${child.pid}\n`) && !status.includes('State:\tZ')) found.set(Number(number), Number(pid))
  }
  return found
}

/** Waits until the number of worker processes that serve requests is `count`, none of them one of `without`. */
export async function untilReady(server: RunningServer, count: number, without: readonly number[] = []): Promise<Map<number, Client>> {
  let clients = new Map<number, Client>()
  const find = async () => {
    for (const client of clients.values()) client.close()
    clients = await connectToEach(server, count)
    expect([...clients.keys()].filter((pid) => !without.includes(pid))).toHaveLength(count)
  }
  await vi.waitFor(find, { timeout: 120_000, interval: 50 })
  return clients
}

/** A connection that stays open, so that one worker process responds to all its requests. */
export interface Client {
  readonly pid: number
  send(path: string, options?: RequestOptions): Promise<IncomingMessage>
  /** Sends a GraphQL operation. */
  ask(token: string, query: string, variables?: object): Promise<any>
  close(): void
}

interface RequestOptions {
  method?: string
  headers?: Record<string, string>
  body?: string
}

/** Opens connections until `count` worker processes respond, or none of many is to another one. */
async function connectToEach(server: RunningServer, count: number): Promise<Map<number, Client>> {
  const clients = new Map<number, Client>()
  for (let attempt = 0; attempt < count * 3 && clients.size < count; attempt += 1) {
    const client = await connectClient(server).catch(() => undefined)
    if (!client) continue
    if (clients.has(client.pid)) client.close()
    else clients.set(client.pid, client)
  }
  return clients
}

/** Connects to any worker process. The log shows which one responds. */
export async function connectClient(server: RunningServer): Promise<Client> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send: Client['send'] = (path, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((done, fail) => {
      request(new URL(path, server.url), { method, headers, agent }, done).on('error', fail).end(body)
    })
  const response = await send('/livez')
  await readBody(response)
  const id = String(response.headers['x-request-id'])
  const line = await server.until(new RegExp(`^.*"reqId":"${id}".*$`, 'm'))
  return {
    pid: JSON.parse(line[0]).pid,
    send,
    async ask(token, query, variables) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
      return JSON.parse(await readBody(await send('/graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables }) })))
    },
    close: () => agent.destroy(),
  }
}

export async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
