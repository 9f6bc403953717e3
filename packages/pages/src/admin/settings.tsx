import { SettingsPage, type SettingsPageQuery } from '../generated/admin'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { type MethodRow, type NoteRow, useSettingsActions } from './actions/settings-actions'
import { ActionButtons } from './blocks/action'
import { useActionColumn } from './blocks/action-column'
import { useChoices } from './blocks/choices'
import { CompleteTable } from './blocks/complete-table'
import { Facts } from './blocks/facts'
import { Page } from './blocks/page'
import { Section } from './blocks/section'
import { Status } from './blocks/status'
import { useTexts } from './use-texts'

export default function Settings() {
  const { nav, intro } = useTexts()
  const loaded = useLoaded(SettingsPage, {})
  return (
    <Page title={nav.settings} text={intro.settings}>
      <LoadedContent loaded={loaded}>
        {(data) => (
          <>
            <Billing data={data} />
            <Methods data={data} />
            <Notes data={data} />
          </>
        )}
      </LoadedContent>
    </Page>
  )
}

function Billing({ data: { billingEnabled, seller, now } }: { data: SettingsPageQuery }) {
  const { fields } = useTexts()
  const { dateAndTime } = useLocale()
  const { setBilling } = useSettingsActions()
  return (
    <Section title={fields.billing} actions={<ActionButtons actions={[setBilling(billingEnabled)]} />}>
      <Facts
        facts={[
          { label: fields.status, value: <Status of="endpointState" value={billingEnabled ? 'ACTIVE' : 'PAUSED'} /> },
          { label: fields.seller, value: seller?.company },
          { label: fields.email, value: seller?.email },
          { label: fields.provider, value: seller?.paymentProvider },
          { label: fields.serverTime, value: dateAndTime(now) },
        ]}
      />
    </Section>
  )
}

const accountOf = ({ iban, bic }: MethodRow) => [iban, bic].filter(Boolean).join(' · ')

function Methods({ data: { paymentMethods } }: { data: SettingsPageQuery }) {
  const actionColumn = useActionColumn<MethodRow>()
  const { fields, intro, empty } = useTexts()
  const { setMethod, removeMethod } = useSettingsActions()
  return (
    <Section title={fields.methods} text={intro.methods} actions={<ActionButtons actions={[setMethod(paymentMethods)]} />}>
      <CompleteTable
        label={fields.methods}
        rows={paymentMethods}
        rowKey={({ slug }) => slug}
        prefix="method-"
        empty={empty.methods}
        columns={[
          { key: 'name', title: fields.name, cell: ({ name }) => <b>{name}</b>, value: ({ name }) => name },
          { key: 'account', title: 'IBAN', cell: accountOf, value: accountOf },
          { key: 'text', title: fields.instructions, cell: ({ instructions }) => instructions },
          actionColumn(
            (method) => [setMethod(paymentMethods, method), removeMethod(paymentMethods, method)],
            (method) => method.name,
          ),
        ]}
      />
    </Section>
  )
}

const buyersOf = ({ country, language }: NoteRow) => [country, language].filter(Boolean).join(', ')

function Notes({ data: { legalNotes } }: { data: SettingsPageQuery }) {
  const actionColumn = useActionColumn<NoteRow>()
  const { fields, intro, empty, enums } = useTexts()
  const choices = useChoices()
  const { setNote, removeNote } = useSettingsActions()
  return (
    <Section title={fields.notesOnInvoices} text={intro.notes} actions={<ActionButtons actions={[setNote(legalNotes)]} />}>
      <CompleteTable
        label={fields.notesOnInvoices}
        rows={legalNotes}
        rowKey={({ text, country, language }) => `${country} ${language} ${text}`}
        prefix="note-"
        empty={empty.notes}
        filters={[
          {
            name: 'subject',
            label: fields.subject,
            kind: 'choice',
            options: choices('noteSubject'),
            matches: ({ subject }, chosen) => subject === chosen,
          },
        ]}
        columns={[
          { key: 'text', title: fields.text, cell: ({ text }) => text, value: ({ text }) => text },
          { key: 'subject', title: fields.subject, cell: ({ subject }) => enums.noteSubject[subject] },
          { key: 'for', title: fields.country, cell: buyersOf, value: buyersOf },
          actionColumn(
            (note) => [setNote(legalNotes, note), removeNote(legalNotes, note)],
            (note) => note.text.slice(0, 30),
          ),
        ]}
      />
    </Section>
  )
}
