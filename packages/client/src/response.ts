import { QuittanceError, type ResponseError } from './error.js'

interface Result {
  readonly data?: unknown
  readonly errors?: readonly ResponseError[]
}

/** Reads the JSON response to an operation. @throws QuittanceError */
export async function readData(response: Response): Promise<unknown> {
  assertNoRedirect(response)
  const text = await response.text()
  const result = parseResult(text)
  if (!result) throw new QuittanceError(`HTTP ${response.status}: ${text.slice(0, 200)}`, { status: response.status })
  return resultData(result, response.status)
}

/** Browsers hide the status and the target of a redirect that is not followed. */
function assertNoRedirect({ status, type, headers }: Response): void {
  const location = headers.get('location')
  if (type !== 'opaqueredirect' && (status < 300 || status > 399 || !location)) return
  const target = location ? ` to ${location}` : ''
  throw new QuittanceError(`HTTP ${status}: a redirect${target}, which the client does not follow`, { status })
}

/** @throws QuittanceError if the result has errors */
export function resultData({ data, errors }: Result, status: number): unknown {
  const [error] = errors ?? []
  if (error && errors) throw new QuittanceError(error.message, { status, errors, data })
  return data
}

export function parseResult(text: string): Result | undefined {
  try {
    const result: Result | null = JSON.parse(text)
    return typeof result === 'object' && result !== null && ('data' in result || Array.isArray(result.errors)) ? result : undefined
  } catch {
    return undefined
  }
}
