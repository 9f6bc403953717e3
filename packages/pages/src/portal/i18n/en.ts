import { english as invoice } from 'invoice-texts/en'
import type { PageTexts } from '../../i18n/common'
import { english as common } from '../../i18n/en'
import type { PortalTexts } from '../texts'

const page: PortalTexts = {
  account: 'Account',
  overview: 'Overview',
}

const texts: PageTexts<PortalTexts> = { common, invoice, page }
export default texts
