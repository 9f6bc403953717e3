import { Badge, Button, Card, Group, NativeSelect, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { type HowToPayFieldsFragment, type ReportFragment, ReportPayment } from '../generated/portal'
import { ErrorNotice } from '../ui/error-notice'
import { useAction } from '../ui/graphql'
import { useInvoiceTexts, useLocale } from '../ui/locale'
import { usePortal } from './customer'
import { Facts } from './facts'
import classes from './portal.module.css'
import { useTexts } from './use-texts'

/** The bank account of each payment method with what the transfer must state. */
export function WaysToPay({ howToPay }: { howToPay: HowToPayFieldsFragment }) {
  const texts = useTexts()
  const invoiceTexts = useInvoiceTexts()
  const { money } = useLocale()
  const { seller } = usePortal()
  return (
    <Stack>
      {howToPay.methods.map(({ slug, name, iban, bic, instructions }) => (
        <Card key={slug} withBorder padding="lg" component="section" aria-labelledby={`method-${slug}`}>
          <Stack gap="sm">
            <Title order={3} id={`method-${slug}`}>
              {name}
            </Title>
            {instructions && <Text className={classes.instructions}>{instructions}</Text>}
            <Facts
              facts={[
                iban ? { label: invoiceTexts.recipient, value: seller.name } : null,
                iban
                  ? { label: texts.accountNumber, value: <Copyable value={iban} shown={iban.replace(/(.{4})/g, '$1 ').trim()} /> }
                  : null,
                bic ? { label: 'BIC', value: <Copyable value={bic} /> } : null,
                { label: invoiceTexts.paymentReference, value: <Copyable value={howToPay.reference} /> },
                { label: invoiceTexts.amount, value: money(howToPay.amount), isTotal: true },
              ]}
            />
          </Stack>
        </Card>
      ))}
    </Stack>
  )
}

function Copyable({ value, shown = value }: { value: string; shown?: string }) {
  const texts = useTexts()
  const [isCopied, setCopied] = useState(false)
  // Browsers refuse it without https or permission. Then the text remains to be selected.
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value)
      setCopied(true)
    } catch {
      setCopied(false)
    }
  }
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <span className={classes.reference}>{shown}</span>
      <Button
        className={classes.copy}
        size="compact-xs"
        variant="default"
        onClick={() => void copy()}
        aria-label={`${texts.copy}: ${value}`}
      >
        {isCopied ? texts.copied : texts.copy}
      </Button>
    </Group>
  )
}

interface ReportFormProps {
  /** The invoice or the order that was paid. */
  target: { invoiceId: string } | { orderId: string }
  howToPay: HowToPayFieldsFragment
}

interface PaymentReportProps extends ReportFormProps {
  reports: readonly ReportFragment[]
}

/** The payments that the customer has reported, and "I have paid". While one is checked, another one is reported on request only. */
export function PaymentReport({ reports, ...form }: PaymentReportProps) {
  const texts = useTexts()
  const [isAsked, setAsked] = useState(false)
  const isChecked = reports.some(({ status }) => status === 'REPORTED')
  return (
    <>
      <Reports reports={reports} />
      {isChecked && !isAsked ? (
        <Group>
          <Button variant="default" onClick={() => setAsked(true)}>
            {texts.reportAnother}
          </Button>
        </Group>
      ) : (
        <ReportForm {...form} onSent={() => setAsked(false)} />
      )}
    </>
  )
}

/** "I have paid": reports a payment that the seller will look for. */
function ReportForm({ target, howToPay, onSent }: ReportFormProps & { onSent: () => void }) {
  const texts = useTexts()
  const [reference, setReference] = useState(howToPay.reference)
  const [method, setMethod] = useState(howToPay.methods[0]?.slug ?? '')
  const [note, setNote] = useState('')
  const report = useAction(ReportPayment)
  const send = async () => {
    const input = {
      ...target,
      reference,
      amount: howToPay.amount.minorUnits,
      method: method || null,
      note: note.trim() || null,
      idempotencyKey: report.key,
    }
    if (await report.run({ input })) onSent()
  }
  return (
    <Card withBorder padding="lg" component="section" aria-labelledby="report">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <Stack gap="sm">
          <Title order={2} id="report">
            {texts.iHavePaid}
          </Title>
          <Text size="sm">{texts.iHavePaidText}</Text>
          <TextInput
            label={texts.transferReference}
            description={texts.transferReferenceText}
            value={reference}
            required
            maxLength={200}
            onChange={({ currentTarget }) => setReference(currentTarget.value)}
          />
          <NativeSelect
            label={texts.paymentMethod}
            value={method}
            data={[...howToPay.methods.map(({ slug, name }) => ({ value: slug, label: name })), { value: '', label: texts.otherMethod }]}
            onChange={({ currentTarget }) => setMethod(currentTarget.value)}
          />
          <Textarea label={texts.note} value={note} maxLength={500} onChange={({ currentTarget }) => setNote(currentTarget.value)} />
          <ErrorNotice error={report.error} />
          <Group>
            <Button type="submit" loading={report.isRunning}>
              {texts.sendReport}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}

const REPORT_COLORS = { REPORTED: 'blue', CONFIRMED: 'teal', REJECTED: 'red' } as const

/** The payments that the customer has reported, and what became of them. */
export function Reports({ reports }: { reports: readonly ReportFragment[] }) {
  const texts = useTexts()
  const { money, dateAndTime } = useLocale()
  if (reports.length === 0) return null
  return (
    <Card withBorder padding="lg" component="section" aria-labelledby="reports">
      <Stack gap="sm">
        <Title order={2} id="reports">
          {texts.reports}
        </Title>
        {reports.some(({ status }) => status === 'REPORTED') && <Text role="status">{texts.reportedText}</Text>}
        {reports.map(({ id, status, reference, amount, reportedAt, rejectionReason }) => (
          <Stack key={id} gap={2}>
            <Group justify="space-between">
              <Text>
                {money(amount)} · {reference}
              </Text>
              <Badge color={REPORT_COLORS[status]} variant="light">
                {texts.reportStatuses[status]}
              </Badge>
            </Group>
            <Text size="sm" c="dimmed">
              {dateAndTime(reportedAt)}
              {rejectionReason && ` – ${rejectionReason}`}
            </Text>
          </Stack>
        ))}
      </Stack>
    </Card>
  )
}
