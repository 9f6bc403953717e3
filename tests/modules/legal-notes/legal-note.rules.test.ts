import { describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../../src/core/languages.js'
import { LEGAL_NOTE_SUBJECTS } from '../../../src/modules/legal-notes/legal-note.enums.js'
import { selectNotes } from '../../../src/modules/legal-notes/legal-note.rules.js'

const note = (text: string, changes: { country?: string; language?: string; subject?: string } = {}) => ({
  country: null,
  language: null,
  subject: 'GENERAL',
  ...changes,
  text,
})
const select = (notes: ReturnType<typeof note>[], { seller = 'DE', buyer = 'AT' as string | null, locale = 'de-AT' } = {}) =>
  selectNotes(notes, LEGAL_NOTE_SUBJECTS, { seller: { country: seller }, buyer: { country: buyer }, locale })
const textsOf = (notes: ReturnType<typeof note>[], document = {}) => select(notes, document).map(({ text }) => text)

describe('of several notes of the same subject', () => {
  const all = [
    note('all'),
    note('language', { language: 'de' }),
    note('country', { country: 'AT' }),
    note('country and language', { country: 'AT', language: 'de' }),
  ]

  test.each([
    [{ buyer: 'AT', locale: 'de-AT' }, 'country and language'],
    [{ buyer: 'AT', locale: 'fr' }, 'country'],
    [{ buyer: 'DE', locale: 'de-DE' }, 'language'],
    [{ buyer: null, locale: 'de' }, 'language'],
    [{ buyer: 'IT', locale: 'it-IT' }, 'all'],
  ])('a document for %o has the most specific one', (document, text) => {
    expect(textsOf(all, document)).toEqual([text])
    expect(textsOf(all.toReversed(), document)).toEqual([text])
  })

  test('the country decides before the language', () => {
    expect(textsOf([note('language', { language: 'de' }), note('country', { country: 'AT' })])).toEqual(['country'])
  })
})

test('notes of other countries and languages are left out', () => {
  const notes = [note('country', { country: 'CH' }), note('language', { language: 'fr' }), note('both', { country: 'AT', language: 'en' })]
  expect(textsOf(notes)).toEqual([])
})

test('each subject has a note of its own, in a fixed order', () => {
  const notes = [note('tax', { subject: 'TXD' }), note('general'), note('register', { subject: 'REG' })]
  expect(select(notes)).toEqual([
    { subject: 'GENERAL', text: 'general' },
    { subject: 'REG', text: 'register' },
    { subject: 'TXD', text: 'tax' },
  ])
})

test('a document in a language that is not translated has the notes in English', () => {
  expect(textsOf([note('English', { language: 'en' }), note('German', { language: 'de' })], { locale: 'pl-PL' })).toEqual(['English'])
})

describe('a seller in France', () => {
  test.each([
    ['en-GB', 'No discount for early payment.', /European Central Bank plus 10/, /compensation of 40 euros/],
    ['de-DE', 'Kein Skonto bei vorzeitiger Zahlung.', /Zentralbank zuzüglich 10/, /Entschädigung von 40 Euro/],
    ['fr-FR', 'Pas d’escompte pour paiement anticipé.', /Banque centrale européenne majoré de 10/, /indemnité forfaitaire .* 40 euros/],
    ['es-ES', 'Sin descuento por pago anticipado.', /Banco Central Europeo más 10/, /indemnización fija de 40 euros/],
  ])('states discount, penalties and recovery costs in the language of %s', (locale, discount, penalties, costs) => {
    expect(select([], { seller: 'FR', buyer: 'FR', locale })).toEqual([
      { subject: 'AAB', text: discount },
      { subject: 'PMD', text: expect.stringMatching(penalties) },
      { subject: 'PMT', text: expect.stringMatching(costs) },
    ])
  })

  test('states them to buyers in other countries too, unlike sellers in other countries', () => {
    expect(select([], { seller: 'FR', buyer: 'DE' })).toHaveLength(3)
    expect(select([], { seller: 'DE', buyer: 'FR' })).toEqual([])
  })

  test('replaces one by a note of the same subject, if that matches', () => {
    const discount = note('2 % d’escompte sous 8 jours.', { subject: 'AAB', country: 'FR' })
    expect(textsOf([discount], { seller: 'FR', buyer: 'FR', locale: 'fr' })[0]).toBe('2 % d’escompte sous 8 jours.')
    expect(textsOf([discount], { seller: 'FR', buyer: 'FR', locale: 'fr' })).toHaveLength(3)
    expect(textsOf([discount], { seller: 'FR', buyer: 'BE', locale: 'fr' })[0]).toBe('Pas d’escompte pour paiement anticipé.')
  })

  test('states different texts in each language', () => {
    const texts = LANGUAGES.flatMap((locale) => textsOf([], { seller: 'FR', locale }))
    expect(new Set(texts).size).toBe(3 * LANGUAGES.length)
  })
})
