import { german } from './de.js'
import { english } from './en.js'
import { spanish } from './es.js'
import { french } from './fr.js'
import type { Messages } from './messages.js'

/** To add a language, add a file with its messages and register it here. */
const LANGUAGES: Readonly<Record<string, Messages>> = { en: english, de: german, fr: french, es: spanish }

/**
 * Returns the messages for a locale; English if its language is not translated.
 * @param locale  BCP 47, for example "de-AT", which is German
 */
export function messagesFor(locale: string): { messages: Messages; language: string } {
  const [language = ''] = locale.split('-')
  const messages = LANGUAGES[language.toLowerCase()]
  return messages ? { messages, language: locale } : { messages: english, language: 'en' }
}
