import type { page } from './i18n/en'

/** The texts of the administration, as the English ones have them. */
export type AdminTexts = typeof page
/** The values of the enums of the API. */
export type EnumTexts = AdminTexts['enums']
