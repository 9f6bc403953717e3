import { decodeId } from '../../../core/ids.js'
import { jsonCustomerId } from '../../../core/json-ids.js'

/** Converts the id of a row to the number that EcliPanel's clients expect. */
export function rowId(id: string): number {
  return Number(decodeId(id)?.id)
}

/** Converts the id of a user or an organisation to a number if it is one in the panel. */
export function customerId(id: string): number | string {
  return jsonCustomerId(decodeId(id)?.id ?? id)
}
