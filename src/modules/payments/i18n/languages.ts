import { findLanguage, type Language } from '../../../core/languages.js'
import { german } from './de.js'
import { english } from './en.js'
import { spanish } from './es.js'
import { french } from './fr.js'
import type { CustomerPageMessages } from './messages.js'

const MESSAGES: Readonly<Record<Language, CustomerPageMessages>> = { en: english, de: german, fr: french, es: spanish }

/** The texts of a page, and the locale of its dates and amounts. */
export interface PageTexts {
  readonly messages: CustomerPageMessages
  /** BCP 47 */
  readonly locale: string
}

/**
 * Returns the texts of a page for a locale; English if its language is not translated.
 * @param locale  BCP 47, for example "de-AT", which is German
 */
export function pageTextsFor(locale: string): PageTexts {
  const language = findLanguage(locale)
  return language ? { messages: MESSAGES[language], locale } : { messages: english, locale: 'en' }
}
