import { spanish as invoice } from 'invoice-texts/es'
import type { PageTexts } from '../../i18n/common'
import { spanish as common } from '../../i18n/es'
import type { PortalTexts } from '../texts'

const page: PortalTexts = {
  account: 'Account',
  overview: 'Overview',
}

const texts: PageTexts<PortalTexts> = { common, invoice, page }
export default texts
