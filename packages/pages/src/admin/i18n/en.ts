import { english as invoice } from 'invoice-texts/en'
import type { PageTexts } from '../../i18n/common'
import { english as common } from '../../i18n/en'
import type { AdminTexts } from '../texts'

const page: AdminTexts = {
  title: 'Administration',
  overview: 'Overview',
  forbidden: 'Administrators only',
  forbiddenText: 'You are signed in, but not as an administrator.',
}

const texts: PageTexts<AdminTexts> = { common, invoice, page }
export default texts
