import { startPage } from '../ui/start-page'
import { PortalApp } from './portal-app'

startPage({
  name: 'portal',
  texts: {
    en: () => import('./i18n/en'),
    de: () => import('./i18n/de'),
    fr: () => import('./i18n/fr'),
    es: () => import('./i18n/es'),
  },
  children: <PortalApp />,
})
