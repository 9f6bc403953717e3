import { optionalString, type Variables } from './schemas.js'

export const MAIL_VARIABLES = {
  MAIL_URL: {
    schema: optionalString,
    about:
      'SMTP server that sends mails to customers: `smtp://user:password@mail.example.com:587`, which changes to TLS, or `smtps://…`, ' +
      'which begins with it. A password is never sent to another machine without TLS. Requires `MAIL_FROM`.',
    unset: 'no mails are sent; in demo mode `/demo/mail` shows them',
  },
  MAIL_FROM: {
    schema: optionalString,
    about:
      'From whom mails are: `billing@example.com`, or a name and an address: `Example Hosting <billing@example.com>`. Without a name, it is `COMPANY_NAME`. Replies go to `INVOICE_ISSUED_FROM_EMAIL` if that is set.',
  },
} satisfies Variables
