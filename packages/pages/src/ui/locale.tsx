import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import type { PageTexts } from '../i18n/common'
import { settings } from './settings'

export const LANGUAGES = { en: 'English', de: 'Deutsch', fr: 'Français', es: 'Español' } as const
export type Language = keyof typeof LANGUAGES

/** Loads the texts of a page in each language. */
export type LoadTexts<T> = Readonly<Record<Language, () => Promise<{ default: PageTexts<T> }>>>

const STORAGE_KEY = 'quittance-language'

/** As mails state times: "1 May 2026, 12:00 CEST". */
const TIME = { year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' } as const

export interface Amount {
  readonly decimal: string
  readonly currency: string
}

export interface Locale {
  language: Language
  /** BCP 47, for example "de-AT". */
  tag: string
  texts: PageTexts<unknown>
  setLanguage(language: Language): void
  money(amount: Amount): string
  /** The day of a time, as documents of the seller state it. @param at  a time of the API */
  date(at: string): string
  /** With the name of the seller's time zone. */
  dateAndTime(at: string): string
  /** A day without a time, which is the same in every time zone. @param day  "2026-05-01" */
  day(day: string): string
  number(value: number): string
  percent(share: number): string
}

const LocaleContext = createContext<Locale | null>(null)

/** Loads the texts before it shows anything, so that no part appears in another language. */
export function LocaleProvider({ load, children }: { load: LoadTexts<unknown>; children: ReactNode }) {
  const [language, setLanguage] = useState(initialLanguage)
  const [loaded, setLoaded] = useState<{ language: Language; texts: PageTexts<unknown> }>()
  useEffect(() => {
    let isCurrent = true
    void load[language]().then((module) => isCurrent && setLoaded({ language, texts: module.default }))
    return () => {
      isCurrent = false
    }
  }, [language, load])
  useEffect(() => {
    if (loaded) document.documentElement.lang = loaded.language
  }, [loaded])
  const locale = useMemo(
    () =>
      loaded &&
      createLocale(loaded, (chosen) => {
        store(chosen)
        setLanguage(chosen)
      }),
    [loaded],
  )
  return locale && <LocaleContext.Provider value={locale}>{children}</LocaleContext.Provider>
}

export function useLocale(): Locale {
  const locale = useContext(LocaleContext)
  if (!locale) throw new Error('LocaleProvider is missing')
  return locale
}

/** The texts that every page has. */
export function useCommonTexts() {
  return useLocale().texts.common
}

/** The texts of invoices. */
export function useInvoiceTexts() {
  return useLocale().texts.invoice
}

function createLocale({ language, texts }: { language: Language; texts: PageTexts<unknown> }, setLanguage: Locale['setLanguage']): Locale {
  const tag = [...navigator.languages, settings.locale].find((each) => languageOf(each) === language) ?? language
  const { timeZone } = settings
  const dates = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeZone })
  const times = new Intl.DateTimeFormat(tag, { ...TIME, timeZone })
  const days = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeZone: 'UTC' })
  const numbers = new Intl.NumberFormat(tag)
  const percents = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 1 })
  return {
    language,
    tag,
    texts,
    setLanguage,
    money: (amount) => formatAmount(amount, tag),
    date: (at) => dates.format(new Date(at)),
    dateAndTime: (at) => times.format(new Date(at)),
    day: (day) => days.format(new Date(day)),
    number: (value) => numbers.format(value),
    percent: (share) => percents.format(share),
  }
}

/** Formats the decimal text of the API as it is, because a number could lose digits. */
function formatAmount({ decimal, currency }: Amount, tag: string): string {
  const digits = decimal.split('.')[1]?.length ?? 0
  const options = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const
  return new Intl.NumberFormat(tag, options).format(decimal as Intl.StringNumericLiteral)
}

function initialLanguage(): Language {
  const candidates = [stored(), ...navigator.languages, settings.locale]
  return candidates.map((each) => languageOf(each ?? '')).find((each) => each !== undefined) ?? 'en'
}

function languageOf(tag: string): Language | undefined {
  const [language = ''] = tag.toLowerCase().split('-')
  return language in LANGUAGES ? (language as Language) : undefined
}

/** Browsers can refuse to store anything. */
function stored(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY)
  } catch {
    return null
  }
}

function store(language: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, language)
  } catch {
    // The choice lasts until the page is closed.
  }
}
