import { german as invoice } from 'invoice-texts/de'
import type { PageTexts } from '../../i18n/common'
import { german as common } from '../../i18n/de'
import type { PortalTexts } from '../texts'

const page: PortalTexts = {
  account: 'Account',
  overview: 'Overview',
}

const texts: PageTexts<PortalTexts> = { common, invoice, page }
export default texts
