import type { PageName } from '../config/environment/server.js'
import type { Language } from '../core/languages.js'

/** The texts around the mails of the demo. */
export interface DemoMailTexts {
  title: string
  intro: string
  isSent: string
  isNotSent: string
  empty: string
  allMails: string
  explorer: string
  pages: Record<PageName, string>
  from: string
  to: string
  queued: string
  status: string
  attached: string
  nothingAttached: string
  language: string
  html: string
  frame: string
  text: string
  noAddress: string
  waitingTitle: string
  waiting: string
  statuses: Record<'QUEUED' | 'SENT' | 'BOUNCED' | 'FAILED' | 'SKIPPED', string>
}

export const DEMO_MAIL_TEXTS: Readonly<Record<Language, DemoMailTexts>> = {
  en: {
    title: 'Mails of the demo',
    intro: 'What customers receive, newest first.',
    isSent: 'They are also sent, because MAIL_URL is set.',
    isNotSent: 'They are only shown here. Set MAIL_URL and MAIL_FROM to send them.',
    empty: 'No mail is queued yet. Place an order in the portal, and reload this page.',
    allMails: 'All mails',
    explorer: 'Explorer',
    pages: { portal: 'Portal', admin: 'Administration' },
    from: 'From',
    to: 'To',
    queued: 'Queued',
    status: 'Status',
    attached: 'Attached',
    nothingAttached: 'nothing',
    language: 'Language',
    html: 'HTML',
    frame: 'The mail as HTML',
    text: 'Text',
    noAddress: 'no address',
    waitingTitle: 'This mail is being prepared',
    waiting: 'Reload the page in a moment.',
    statuses: { QUEUED: 'waiting', SENT: 'sent', BOUNCED: 'bounced', FAILED: 'failed', SKIPPED: 'not sent' },
  },
  de: {
    title: 'Mails der Demo',
    intro: 'Was Kunden erhalten, die neuesten zuerst.',
    isSent: 'Sie werden auch gesendet, weil MAIL_URL gesetzt ist.',
    isNotSent: 'Sie werden nur hier gezeigt. Um sie zu senden, setzen Sie MAIL_URL und MAIL_FROM.',
    empty: 'Es gibt noch keine Mail. Bestellen Sie etwas im Portal, und laden Sie diese Seite neu.',
    allMails: 'Alle Mails',
    explorer: 'Explorer',
    pages: { portal: 'Portal', admin: 'Administration' },
    from: 'Von',
    to: 'An',
    queued: 'Erstellt',
    status: 'Status',
    attached: 'Anlagen',
    nothingAttached: 'keine',
    language: 'Sprache',
    html: 'HTML',
    frame: 'Die Mail als HTML',
    text: 'Text',
    noAddress: 'keine Adresse',
    waitingTitle: 'Diese Mail wird vorbereitet',
    waiting: 'Laden Sie die Seite gleich noch einmal.',
    statuses: { QUEUED: 'wartet', SENT: 'gesendet', BOUNCED: 'unzustellbar', FAILED: 'fehlgeschlagen', SKIPPED: 'nicht gesendet' },
  },
  fr: {
    title: 'E-mails de la démo',
    intro: 'Ce que les clients reçoivent, les plus récents d’abord.',
    isSent: 'Ils sont aussi envoyés, car MAIL_URL est défini.',
    isNotSent: 'Ils sont seulement affichés ici. Définissez MAIL_URL et MAIL_FROM pour les envoyer.',
    empty: 'Aucun e-mail pour le moment. Passez une commande dans le portail, puis rechargez cette page.',
    allMails: 'Tous les e-mails',
    explorer: 'Explorateur',
    pages: { portal: 'Portail', admin: 'Administration' },
    from: 'De',
    to: 'À',
    queued: 'Créé',
    status: 'État',
    attached: 'Pièces jointes',
    nothingAttached: 'aucune',
    language: 'Langue',
    html: 'HTML',
    frame: 'L’e-mail en HTML',
    text: 'Texte',
    noAddress: 'pas d’adresse',
    waitingTitle: 'Cet e-mail est en préparation',
    waiting: 'Rechargez la page dans un instant.',
    statuses: { QUEUED: 'en attente', SENT: 'envoyé', BOUNCED: 'non distribué', FAILED: 'échec', SKIPPED: 'non envoyé' },
  },
  es: {
    title: 'Correos de la demo',
    intro: 'Lo que reciben los clientes, lo más reciente primero.',
    isSent: 'También se envían, porque MAIL_URL está definido.',
    isNotSent: 'Solo se muestran aquí. Defina MAIL_URL y MAIL_FROM para enviarlos.',
    empty: 'Todavía no hay ningún correo. Haga un pedido en el portal y recargue esta página.',
    allMails: 'Todos los correos',
    explorer: 'Explorador',
    pages: { portal: 'Portal', admin: 'Administración' },
    from: 'De',
    to: 'Para',
    queued: 'Creado',
    status: 'Estado',
    attached: 'Adjuntos',
    nothingAttached: 'ninguno',
    language: 'Idioma',
    html: 'HTML',
    frame: 'El correo en HTML',
    text: 'Texto',
    noAddress: 'sin dirección',
    waitingTitle: 'Este correo se está preparando',
    waiting: 'Recargue la página en un momento.',
    statuses: { QUEUED: 'en espera', SENT: 'enviado', BOUNCED: 'devuelto', FAILED: 'fallido', SKIPPED: 'no enviado' },
  },
}
