import { spanish as invoice } from 'invoice-texts/es'
import type { PageTexts } from '../../i18n/common'
import { spanish as common } from '../../i18n/es'
import type { AdminTexts } from '../texts'

const page: AdminTexts = {
  title: 'Administración',
  overview: 'Resumen',
  forbidden: 'Solo para administradores',
  forbiddenText: 'Ha iniciado sesión, pero no como administrador.',
}

const texts: PageTexts<AdminTexts> = { common, invoice, page }
export default texts
