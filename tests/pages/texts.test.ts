import { describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../src/core/languages.js'

/** The texts of the pages and of invoices in each language. */
const PAGES = ['portal', 'admin'] as const

async function textsOf(page: string, language: string): Promise<object> {
  const { default: texts } = await import(`../../packages/pages/src/${page}/i18n/${language}.ts`)
  return texts
}

/** The path of every text, and whether it is a text or a function with its number of parameters. */
function shapeOf(texts: object, path = ''): string[] {
  return Object.entries(texts).flatMap(([name, value]) => {
    const at = `${path}${name}`
    if (typeof value === 'function') return [`${at}(${value.length})`]
    return typeof value === 'string' ? [at] : shapeOf(value, `${at}.`)
  })
}

/** Every text that is not a function. */
function valuesOf(texts: object): string[] {
  return Object.values(texts).flatMap((value) => (typeof value === 'string' ? [value] : typeof value === 'object' ? valuesOf(value) : []))
}

describe.each(PAGES)('the texts of %s', (page) => {
  test('are the same in all languages of invoices', async () => {
    const english = shapeOf(await textsOf(page, 'en'))
    expect(english.length).toBeGreaterThan(50)
    for (const language of LANGUAGES) expect([language, shapeOf(await textsOf(page, language))]).toEqual([language, english])
  })

  test('are not empty', async () => {
    for (const language of LANGUAGES)
      expect([language, valuesOf(await textsOf(page, language)).filter((text) => !text.trim())]).toEqual([language, []])
  })
})

test('the common texts are translated', async () => {
  const commonTexts = async (language: string): Promise<string[]> => valuesOf(await import(`../../packages/pages/src/i18n/${language}.ts`))
  const english = await commonTexts('en')
  for (const language of LANGUAGES.filter((each) => each !== 'en')) {
    const same = (await commonTexts(language)).filter((text) => english.includes(text))
    // "Menu" and "Pages" are French, too.
    expect([language, same.filter((text) => !['Menu', 'Pages'].includes(text))]).toEqual([language, []])
  }
})

/**
 * Article 11a (1) and (3) of Directive 2011/83/EU in each official version, § 312k (2) BGB, and Articles D215-1 and D215-3 of
 * the code de la consommation. What every order needs is Article 8 (2) of the directive.
 */
const LEGAL_WORDS = {
  en: { withdrawHere: 'withdraw from contract here', withdrawConfirm: 'confirm withdrawal', orderNow: 'order with obligation to pay' },
  de: {
    withdrawHere: 'vertrag widerrufen',
    withdrawConfirm: 'widerruf bestätigen',
    orderNow: 'zahlungspflichtig bestellen',
    cancelHere: 'verträge hier kündigen',
    cancelNow: 'jetzt kündigen',
  },
  fr: {
    withdrawHere: 'renoncer au contrat ici',
    withdrawConfirm: 'confirmer la rétractation',
    orderNow: 'commande avec obligation de paiement',
    cancelHere: 'résilier votre contrat',
    cancelNow: 'notification de la résiliation',
  },
  es: {
    withdrawHere: 'desistir del contrato aquí',
    withdrawConfirm: 'confirmar desistimiento',
    orderNow: 'pedido con obligación de pago',
  },
}

test.each(Object.entries(LEGAL_WORDS))('the buttons have the words that the law requires in %s', async (language, words) => {
  const { page } = (await textsOf('portal', language)) as any
  const buttons = Object.keys(words).map((name) => [name, page[name].toLowerCase()])
  expect(Object.fromEntries(buttons)).toEqual(words)
})
