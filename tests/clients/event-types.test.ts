import type { EventCustomer, EventData } from '@quittance/client/webhooks'
import { expectTypeOf, test } from 'vitest'
import type { EventPayloads } from '../../src/modules/webhooks/event-payloads.js'

type Sent<Payload> = { [Name in keyof Payload]: Payload[Name] extends bigint | null ? IdAsText<Payload[Name]> : Payload[Name] }
type IdAsText<Id> = Id extends bigint ? string : Id
type IsSame<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
/** The names are compared too, because an optional field may be missing. */
type HaveSameFields<A, B> = IsSame<[A, keyof A], [B, keyof B]>

/** `true` for each event whose data has the same fields in the client and on the server. The compiler checks it. */
type Comparison = {
  [Name in keyof EventPayloads]: HaveSameFields<Sent<EventPayloads[Name]>, Omit<EventData[Name], keyof EventCustomer>>
}

test('the client describes every event as the server sends it', () => {
  expectTypeOf<Comparison>().toEqualTypeOf<{ [Name in keyof EventPayloads]: true }>()
  expectTypeOf<Exclude<keyof EventData, 'endpoint.test'>>().toEqualTypeOf<keyof EventPayloads>()
})
