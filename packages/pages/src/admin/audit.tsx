import { AuditLog } from '../generated/admin'
import { useLocale } from '../ui/locale'
import { useTimeSorts } from './blocks/choices'
import { Disclosure } from './blocks/disclosure'
import { Json } from './blocks/json'
import { List } from './blocks/list'
import { Page } from './blocks/page'
import { useTexts } from './use-texts'

export default function Audit() {
  const { nav, intro } = useTexts()
  return (
    <Page title={nav.audit} text={intro.audit}>
      <AuditList />
    </Page>
  )
}

/** @param subject  shows only the entries about it, such as "user:55" */
export function AuditList({ subject, prefix = '' }: { subject?: string; prefix?: string }) {
  const { nav, fields } = useTexts()
  const { dateAndTime } = useLocale()
  const sorts = useTimeSorts()
  return (
    <List
      label={nav.audit}
      operation={AuditLog}
      connection={({ auditEntries }) => auditEntries}
      prefix={prefix}
      sorts={sorts}
      filters={[
        ...(subject === undefined ? [{ name: 'subject', label: fields.auditSubject, kind: 'text' } as const] : []),
        { name: 'actor', label: fields.auditActor, kind: 'text' },
      ]}
      variables={(values) => ({ subject: subject ?? values.subject, actor: values.actor })}
      columns={[
        { key: 'at', title: fields.date, cell: ({ at }) => dateAndTime(at) },
        { key: 'actor', title: fields.actor, cell: ({ actor }) => actor },
        { key: 'action', title: fields.action, cell: ({ action }) => action },
        { key: 'subject', title: fields.subject, cell: (entry) => entry.subject },
        {
          key: 'details',
          title: fields.details,
          isTitleHidden: true,
          cell: ({ action, details }) =>
            Object.keys(details).length > 0 && (
              <Disclosure label={fields.details}>
                <Json label={action} value={details} />
              </Disclosure>
            ),
        },
      ]}
    />
  )
}
