import { french as invoice } from 'invoice-texts/fr'
import type { PageTexts } from '../../i18n/common'
import { french as common } from '../../i18n/fr'
import type { AdminTexts } from '../texts'

const page: AdminTexts = {
  title: 'Administration',
  overview: 'Aperçu',
  forbidden: 'Réservé aux administrateurs',
  forbiddenText: 'Vous êtes connecté, mais pas comme administrateur.',
}

const texts: PageTexts<AdminTexts> = { common, invoice, page }
export default texts
