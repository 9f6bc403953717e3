import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataOf } from '../../support/payments.js'
import { codeOf } from '../../support/requests.js'
import { type Answer, startServer, type TestServer } from '../../support/server.js'

const NOTE = '{ country language subject text }'
const GERMAN = { country: 'AT', language: 'de', subject: 'TXD', text: 'Hinweis für\nÖsterreich' }
const GENERAL = { country: null, language: null, subject: 'GENERAL', text: 'Thank you.' }
let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const set = (notes: object[], who: number | 'admin' | undefined = 'admin'): Promise<Answer> =>
  server.ask(who, `mutation ($input: SetLegalNotesInput!) { setLegalNotes(input: $input) { notes ${NOTE} } }`, { input: { notes } })
const read = (who: number | 'admin' | undefined = 'admin') => server.ask(who, `{ legalNotes ${NOTE} }`)
const stored = async () => (await dataOf(read())).legalNotes
const problemOf = async (notes: object[]) => {
  const before = await stored()
  const { errors } = await set(notes)
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  expect(await stored()).toEqual(before)
  return errors?.[0]?.extensions.field
}

test('there are none until an administrator sets them', async () => {
  expect(await stored()).toEqual([])
})

test('are returned in the order of the administrator', async () => {
  const notes = [GERMAN, GENERAL]
  expect((await dataOf(set(notes))).setLegalNotes.notes).toEqual(notes)
  expect(await stored()).toEqual(notes)
})

test('replace all previous ones, with every detail in the audit log', async () => {
  // The subject defaults to GENERAL.
  expect((await dataOf(set([{ text: '  Another text. ' }]))).setLegalNotes.notes).toEqual([{ ...GENERAL, text: 'Another text.' }])
  expect(await stored()).toEqual([{ ...GENERAL, text: 'Another text.' }])
  const entry = await server.services.db.auditEntry.findFirstOrThrow({ where: { action: 'setLegalNotes' }, orderBy: { id: 'desc' } })
  expect(entry).toMatchObject({ actor: 'user:1', subject: 'legal.notes' })
  expect(JSON.parse((entry.details as { notes: string }).notes)).toEqual([{ ...GENERAL, text: 'Another text.' }])
  await dataOf(set([]))
  expect(await stored()).toEqual([])
})

test('of two replacements at once, one remains', async () => {
  const [one, other] = [[GERMAN, GENERAL], [{ ...GENERAL, text: 'Another text.' }]]
  await Promise.all([one, other, one, other].map((notes) => dataOf(set(notes))))
  expect([one, other]).toContainEqual(await stored())
})

test('only administrators set and read them', async () => {
  for (const who of [5, undefined]) {
    const code = who === undefined ? 'UNAUTHENTICATED' : 'FORBIDDEN'
    expect(codeOf(await server.ask(who, `{ legalNotes ${NOTE} }`))).toBe(code)
    const query = 'mutation { setLegalNotes(input: { notes: [] }) { notes { text } } }'
    expect(codeOf(await server.ask(who, query))).toBe(code)
  }
  expect(await stored()).not.toEqual([])
})

describe('a note is refused', () => {
  test.each([
    ['language', { language: 'it' }],
    ['language', { language: 'de-AT' }],
    ['text', { text: ' ' }],
    ['text', { text: 'x'.repeat(1001) }],
    ['text', { text: 'hieroglyph \u{13000}' }],
  ])('for its %s: %o', async (field, note) => expect(await problemOf([GERMAN, { ...GENERAL, ...note }])).toBe(`input.notes.1.${field}`))

  test('for a country that does not exist', async () => {
    expect(codeOf(await set([{ ...GENERAL, country: 'XX' }]))).toBe('BAD_USER_INPUT')
  })

  test('if another one has its country, language and subject, and if there are more than 100', async () => {
    expect(await problemOf([GENERAL, GERMAN, { ...GENERAL, text: 'Again.' }])).toBe('input.notes.2.subject')
    const subjects = ['GENERAL', 'AAB', 'PMD', 'PMT', 'REG', 'SUR', 'TXD']
    const countries = ['AT', 'BE', 'CH', 'DE', 'ES', 'FR', 'GB', 'IE', 'IT', 'LU', 'NL', 'PL', 'PT', 'SE', 'US']
    const many = countries.flatMap((country) => subjects.map((subject) => ({ country, subject, text: 'x'.repeat(1000) })))
    expect(await problemOf(many.slice(0, 101))).toBe('input.notes')
    expect(codeOf(await set(many.slice(0, 100)))).toBe('none')
    expect(await stored()).toHaveLength(100)
  })
})
