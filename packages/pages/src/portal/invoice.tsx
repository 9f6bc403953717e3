import { Button, Card, Group, Stack, Text } from '@mantine/core'
import { OpenInvoice } from '../generated/portal'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useCommonTexts, useInvoiceTexts, useLocale } from '../ui/locale'
import { useParameter } from '../ui/router'
import { usePortal } from './customer'
import { Facts } from './facts'
import { Part } from './part'
import { useTexts } from './use-texts'
import { PaymentReport, Reports, WaysToPay } from './ways-to-pay'

/** An open invoice: how to pay it, and "I have paid". */
export default function Invoice() {
  const texts = useTexts()
  const common = useCommonTexts()
  const invoiceTexts = useInvoiceTexts()
  const { money, date, tag } = useLocale()
  const { toPath } = usePortal()
  const id = useParameter()
  const loaded = useLoaded(OpenInvoice, { id, locale: tag })
  return (
    <LoadedContent loaded={loaded}>
      {({ invoice }) => (
        <Part title={invoice ? `${invoiceTexts.titles.INVOICE} ${invoice.number}` : common.notFound} backTo={toPath('invoices')}>
          {invoice && (
            <Stack gap="lg">
              <Card withBorder padding="lg">
                <Stack gap="sm">
                  {invoice.status === 'OPEN' ? (
                    <Facts
                      facts={[
                        { label: texts.dueOn, value: date(invoice.dueAt) },
                        { label: invoiceTexts.amountDue, value: money(invoice.amountDue), isTotal: true },
                      ]}
                    />
                  ) : (
                    <Text role="status">{texts.nothingDue}</Text>
                  )}
                  <Group>
                    <Button component="a" href={invoice.pdfUrl} target="_blank" rel="noopener" variant="default">
                      {texts.openPdf}
                    </Button>
                  </Group>
                </Stack>
              </Card>
              {invoice.howToPay && <WaysToPay howToPay={invoice.howToPay} />}
              {invoice.howToPay ? (
                <PaymentReport target={{ invoiceId: invoice.id }} howToPay={invoice.howToPay} reports={invoice.reportedPayments} />
              ) : (
                <Reports reports={invoice.reportedPayments} />
              )}
            </Stack>
          )}
        </Part>
      )}
    </LoadedContent>
  )
}
