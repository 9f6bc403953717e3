import { french as invoice } from 'invoice-texts/fr'
import type { PageTexts } from '../../i18n/common'
import { french as common } from '../../i18n/fr'
import type { PortalTexts } from '../texts'

const page: PortalTexts = {
  account: 'Account',
  overview: 'Overview',
}

const texts: PageTexts<PortalTexts> = { common, invoice, page }
export default texts
