import 'reflect-metadata'

export { findRecipient } from './find-recipient.js'
export { mail } from './mail.module.js'
export { type LoadMailLogo, toMailLogo } from './mail-logo.js'
export { createPortalLink, hasPortal } from './portal-link.js'
export { followEventsWithMails } from './queue-mails.js'
export { type ReadableMail, type RenderedMail, readableMail, renderMail } from './render-mail.js'
