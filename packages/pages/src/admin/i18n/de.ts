import { german as invoice } from 'invoice-texts/de'
import type { PageTexts } from '../../i18n/common'
import { german as common } from '../../i18n/de'
import type { AdminTexts } from '../texts'

const page: AdminTexts = {
  title: 'Verwaltung',
  overview: 'Übersicht',
  forbidden: 'Nur für Administratoren',
  forbiddenText: 'Sie sind angemeldet, aber nicht als Administrator.',
}

const texts: PageTexts<AdminTexts> = { common, invoice, page }
export default texts
