import { findLanguage, type Language } from '../../../core/languages.js'
import { german } from './de.js'
import { english } from './en.js'
import { spanish } from './es.js'
import { french } from './fr.js'
import type { MailMessages } from './messages.js'

const MESSAGES: Readonly<Record<Language, MailMessages>> = { en: english, de: german, fr: french, es: spanish }

/**
 * Returns the texts of mails for a locale; English if its language is not translated. Dates and amounts are within the texts,
 * so they are formatted in the same language.
 * @param locale  BCP 47, for example "de-AT", which is German
 */
export function mailMessagesFor(locale: string): { messages: MailMessages; locale: string } {
  const language = findLanguage(locale)
  return language ? { messages: MESSAGES[language], locale } : { messages: english, locale: 'en' }
}
