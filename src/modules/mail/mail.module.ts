import { jobHandler } from '../../platform/jobs/queue.js'
import { defineModule } from '../define-module.js'
import { administratorRows } from '../identity/index.js'
import { SEND_MAIL } from './mail.jobs.js'
import { mailLoader } from './mail.loader.js'
import { MailResolver, UserMailResolver } from './mail.resolver.js'
import { purgeMails } from './purge-mails.js'
import { remindOfTrials } from './remind-of-trials.js'
import { requeueMails } from './requeue-mails.js'
import { sendMail } from './send-mail.js'

export const mail = defineModule({
  resolvers: [MailResolver, UserMailResolver],
  nodes: { Mail: administratorRows(mailLoader) },
  jobs: [jobHandler(SEND_MAIL, (runtime, { key }) => sendMail(runtime, key))],
  cron: {
    everyMinute: { remind: ({ services }) => remindOfTrials(services) },
    purge: async ({ services }) => {
      await purgeMails(services)
      await requeueMails(services)
    },
  },
})
