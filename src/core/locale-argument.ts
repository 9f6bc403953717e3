import { invalidInputError } from './errors.js'
import { isLocale, MAX_LOCALE_LENGTH } from './input.js'

/** The options of a GraphQL argument `locale`. */
export function localeArgument(defaultValue: string) {
  return { nullable: true, defaultValue, description: 'A BCP 47 language tag, for example "de-DE".' }
}

/**
 * @param tag  value of the argument; null means the default
 * @throws BAD_USER_INPUT naming the argument when it is not a BCP 47 language tag
 */
export function parseLocaleArgument(tag: string | null, defaultValue: string): string {
  const locale = tag ?? defaultValue
  if (locale.length <= MAX_LOCALE_LENGTH && isLocale(locale)) return locale
  throw invalidInputError('locale', 'must be a BCP 47 language tag, for example "en-US"')
}
