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

test('the buttons have the words of § 312k BGB and of Directive (EU) 2023/2673', async () => {
  const { page: german } = (await textsOf('portal', 'de')) as any
  expect([german.cancelHere, german.cancelNow.toLowerCase()]).toEqual(['Verträge hier kündigen', 'jetzt kündigen'])
  expect([german.withdrawHere, german.withdrawConfirm]).toEqual(['Vertrag widerrufen', 'Widerruf bestätigen'])
  expect(german.orderNow.toLowerCase()).toBe('zahlungspflichtig bestellen')
  const { page: english } = (await textsOf('portal', 'en')) as any
  expect([english.withdrawHere.toLowerCase(), english.withdrawConfirm.toLowerCase()]).toEqual([
    'withdraw from contract here',
    'confirm withdrawal',
  ])
})
