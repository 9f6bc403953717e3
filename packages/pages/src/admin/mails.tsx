import { type MailRowFragment, Mails as MailsOperation } from '../generated/admin'
import { useLocale } from '../ui/locale'
import { useMailActions } from './actions/mail-actions'
import { useActionColumn } from './blocks/action-column'
import { useChoices, useTimeSorts } from './blocks/choices'
import { CustomerLink } from './blocks/customer-link'
import { timesOfDays } from './blocks/day-filters'
import { List } from './blocks/list'
import { listOf } from './blocks/list-state'
import { Page } from './blocks/page'
import { Status } from './blocks/status'
import { useTexts } from './use-texts'

export default function Mails() {
  const { nav, intro } = useTexts()
  return (
    <Page title={nav.mails} text={intro.mails}>
      <MailList />
    </Page>
  )
}

/** What was sent to customers, and which addresses have bounced. */
export function MailList({ customerId }: { customerId?: string }) {
  const actionColumn = useActionColumn<MailRowFragment>()
  const { nav, fields, enums } = useTexts()
  const { dateAndTime } = useLocale()
  const choices = useChoices()
  const sorts = useTimeSorts()
  const { resendMail } = useMailActions()
  return (
    <List
      label={nav.mails}
      operation={MailsOperation}
      connection={({ mails }) => mails}
      sorts={sorts}
      filters={[
        { name: 'status', label: fields.status, kind: 'choice', options: choices('mailStatus') },
        { name: 'kind', label: fields.subject, kind: 'choice', options: choices('mailKind') },
        { name: 'from', label: fields.from, kind: 'day' },
        { name: 'to', label: fields.to, kind: 'day' },
      ]}
      variables={({ status, kind, from, to }) => ({
        filter: {
          customerId,
          status: listOf<MailRowFragment['status']>(status),
          kind: listOf<MailRowFragment['kind']>(kind),
          ...timesOfDays({ from, to }),
        },
      })}
      columns={[
        { key: 'date', title: fields.date, cell: ({ createdAt }) => dateAndTime(createdAt) },
        { key: 'kind', title: fields.subject, cell: ({ kind }) => enums.mailKind[kind] },
        ...(customerId === undefined
          ? [
              {
                key: 'customer',
                title: fields.customer,
                cell: ({ customer }: MailRowFragment) => customer && <CustomerLink customer={customer} />,
              },
            ]
          : []),
        { key: 'recipient', title: fields.email, cell: ({ recipient }) => recipient },
        { key: 'status', title: fields.status, cell: ({ status }) => <Status of="mailStatus" value={status} /> },
        { key: 'error', title: fields.reason, cell: ({ error }) => error },
        actionColumn(
          (mail) => [mail.status !== 'QUEUED' && resendMail(mail)],
          ({ kind, recipient }) => `${enums.mailKind[kind]} ${recipient ?? ''}`.trim(),
        ),
      ]}
    />
  )
}
