import { findLanguage, type Language } from '../../../core/languages.js'
import { german } from './de.js'
import { english } from './en.js'
import { spanish } from './es.js'
import { french } from './fr.js'
import type { Messages } from './messages.js'

const MESSAGES: Readonly<Record<Language, Messages>> = { en: english, de: german, fr: french, es: spanish }

/**
 * Returns the messages for a locale; English if its language is not translated.
 * @param locale  BCP 47, for example "de-AT", which is German
 */
export function messagesFor(locale: string): { messages: Messages; language: string } {
  const language = findLanguage(locale)
  return language ? { messages: MESSAGES[language], language: locale } : { messages: english, language: 'en' }
}
