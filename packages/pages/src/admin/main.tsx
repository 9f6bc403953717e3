import { startPage } from '../ui/start-page'
import { AdminApp } from './admin-app'

startPage({
  name: 'admin',
  texts: {
    en: () => import('./i18n/en'),
    de: () => import('./i18n/de'),
    fr: () => import('./i18n/fr'),
    es: () => import('./i18n/es'),
  },
  children: <AdminApp />,
})
