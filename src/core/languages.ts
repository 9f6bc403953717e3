/**
 * The languages of the texts that customers read. The compiler names the tables of texts that lack a language
 * added here.
 */
export const LANGUAGES = ['en', 'de', 'fr', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

/**
 * Finds the language of a locale.
 * @param locale  BCP 47, for example "de-AT", which is German
 * @returns undefined if the texts are not translated to it
 */
export function findLanguage(locale: string): Language | undefined {
  const [tag] = locale.toLowerCase().split('-')
  return LANGUAGES.find((language) => language === tag)
}
