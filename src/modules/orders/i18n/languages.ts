import { findLanguage, type Language } from '../../../core/languages.js'
import { german } from './de.js'
import { english } from './en.js'
import { spanish } from './es.js'
import { french } from './fr.js'
import type { ItemMessages } from './messages.js'

const MESSAGES: Readonly<Record<Language, ItemMessages>> = { en: english, de: german, fr: french, es: spanish }

/**
 * Returns the texts of items for a locale; English if its language is not translated.
 * @param locale  BCP 47
 */
export function itemMessagesFor(locale: string): ItemMessages {
  return MESSAGES[findLanguage(locale) ?? 'en']
}
