import { german } from './de.js'
import { english } from './en.js'
import { spanish } from './es.js'
import { french } from './fr.js'
import type { Messages } from './messages.js'

/** A language more is a file more, and a line here. */
const LANGUAGES: Readonly<Record<string, Messages>> = { en: english, de: german, fr: french, es: spanish }

/** @param locale  BCP 47: "de-AT" is German; what nobody has translated yet is English */
export function messagesFor(locale: string): { words: Messages; language: string } {
  const [language = ''] = locale.split('-')
  const words = LANGUAGES[language.toLowerCase()]
  return words ? { words, language: locale } : { words: english, language: 'en' }
}
