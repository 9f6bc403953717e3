import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startServer, type TestServer } from './server.js'

interface CheckRequest {
  countryCode: string
  vatNumber: string
  requesterMemberStateCode?: string
  requesterNumber?: string
}

interface Registration {
  name?: string
  address?: string
}

interface Failure {
  /** The code of the error. */
  error?: string
  /** Default: 200, as VIES responds when a member state fails. */
  status?: number
  /** The whole response, instead of an error. */
  body?: string
  /** Never responds. */
  hang?: boolean
  /** Closes the connection. */
  disconnect?: boolean
}

/**
 * A fake of VIES over HTTP. Source of its format: ec.europa.eu/assets/taxud/vow-information/swagger_publicVAT.yaml
 * (CheckVatRequest, CheckVatResponse, CommonResponse).
 */
export class FakeVies {
  /** What the member states have registered, by VAT id. */
  readonly registered = new Map<string, Registration>()
  /** The VAT ids of sellers that may not send requests. */
  readonly refusedRequesters = new Set<string>()
  readonly requests: CheckRequest[] = []
  /** The failures of the next requests, one each. */
  readonly failures: Failure[] = []
  readonly #held: { arrive(): void; released: Promise<void> }[] = []
  #server: Server | undefined
  #open = 0
  /** The highest number of requests that were open at the same time. */
  maxOpen = 0
  url = ''

  async start(): Promise<this> {
    this.#server = createServer((request, response) => void this.#respond(request, response))
    await new Promise<void>((done) => this.#server?.listen(0, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/rest-api`
    return this
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise((done) => this.#server?.close(done))
  }

  /**
   * Holds back the response to the next request that is not held yet.
   * @returns `arrived` when the request has been received, and a function that sends the response
   */
  hold(): { arrived: Promise<void>; release(): void } {
    let release = () => {}
    const released = new Promise<void>((done) => {
      release = done
    })
    const arrived = new Promise<void>((arrive) => this.#held.push({ arrive, released }))
    return { arrived, release }
  }

  /** The VAT ids that were requested, in order. */
  get requestedIds(): string[] {
    return this.requests.map(({ countryCode, vatNumber }) => countryCode + vatNumber)
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#open += 1
    this.maxOpen = Math.max(this.maxOpen, this.#open)
    response.once('close', () => {
      this.#open -= 1
    })
    const text = Buffer.concat(await request.toArray()).toString()
    const send = (status: number, body: string) => response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    if (request.method !== 'POST' || request.url !== '/rest-api/check-vat-number') return void send(404, '{}')
    const check = JSON.parse(text) as CheckRequest
    this.requests.push(check)
    const failure = this.failures.shift()
    const held = this.#held.shift()
    held?.arrive()
    await held?.released
    if (failure?.hang) return
    if (failure?.disconnect) return void response.destroy()
    if (failure) return void send(failure.status ?? 200, failure.body ?? errorBody(failure.error ?? 'SERVICE_UNAVAILABLE'))
    const requester = (check.requesterMemberStateCode ?? '') + (check.requesterNumber ?? '')
    if (this.refusedRequesters.has(requester)) return void send(400, errorBody('INVALID_REQUESTER_INFO'))
    send(200, JSON.stringify(this.#result(check, requester !== '')))
  }

  #result({ countryCode, vatNumber }: CheckRequest, isQualified: boolean): object {
    const found = this.registered.get(countryCode + vatNumber)
    return {
      countryCode,
      vatNumber,
      requestDate: new Date().toISOString(),
      valid: found !== undefined,
      requestIdentifier: isQualified && found ? `WAPIAAAAZ${String(this.requests.length).padStart(7, '0')}` : '',
      name: found?.name ?? '---',
      address: found?.address ?? '---',
      traderName: '---',
      traderStreet: '---',
      traderPostalCode: '---',
      traderCity: '---',
      traderCompanyType: '---',
      traderNameMatch: 'NOT_PROCESSED',
      traderStreetMatch: 'NOT_PROCESSED',
      traderPostalCodeMatch: 'NOT_PROCESSED',
      traderCityMatch: 'NOT_PROCESSED',
      traderCompanyTypeMatch: 'NOT_PROCESSED',
    }
  }
}

function errorBody(error: string): string {
  return JSON.stringify({ actionSucceed: false, errorWrappers: [{ error }] })
}

/** A seller in Germany whose VAT id identifies it to VIES. */
export const GERMAN_SELLER = { INVOICE_ISSUED_FROM_COUNTRY: 'DE', INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976' }

/** Starts a server whose VAT ids are checked by a fake of VIES. */
export function startServerWithVies(vies: FakeVies, environment: Record<string, string> = {}): Promise<TestServer> {
  return startServer({ environment: { ...GERMAN_SELLER, VIES_URL: vies.url, ...environment } })
}

const DETAILS = 'taxId vatIdCheck { status vatId name address consultationNumber unavailableReason checkedAt nextCheckAt }'

/** Sets billing details. @returns the details in the response */
export async function setBillingDetails(server: TestServer, who: number, input: object): Promise<any> {
  const query = `mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { billingDetails { ${DETAILS} } } }`
  const { data, errors } = await server.ask(who, query, { input: { name: 'Engines SARL', country: 'FR', ...input } })
  if (errors) throw new Error(JSON.stringify(errors))
  return data.setBillingDetails.billingDetails
}

/** The check of a VAT id that a customer sees; null if there is none. */
export async function readVatIdCheck(server: TestServer, who: number, organisationId?: string): Promise<any> {
  const { data, errors } = await server.ask(
    who,
    `query ($organisationId: ID) { billingDetails(organisationId: $organisationId) { ${DETAILS} } }`,
    {
      organisationId,
    },
  )
  if (errors) throw new Error(JSON.stringify(errors))
  return data.billingDetails.vatIdCheck
}
