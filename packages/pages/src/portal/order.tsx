import { Button, Card, Group, Stack, Text } from '@mantine/core'
import { CancelOrder, PendingOrder } from '../generated/portal'
import { ErrorNotice } from '../ui/error-notice'
import { useAction, useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useCommonTexts, useInvoiceTexts, useLocale } from '../ui/locale'
import { useParameter } from '../ui/router'
import { usePortal } from './customer'
import { Facts } from './facts'
import { Part } from './part'
import { useTexts } from './use-texts'
import { PaymentReport, Reports, WaysToPay } from './ways-to-pay'

/** An order that waits for its payment: how to pay it, and "I have paid". */
export default function Order() {
  const texts = useTexts()
  const common = useCommonTexts()
  const invoiceTexts = useInvoiceTexts()
  const { money, date, tag } = useLocale()
  const { toPath } = usePortal()
  const id = useParameter()
  const loaded = useLoaded(PendingOrder, { id, locale: tag })
  const cancel = useAction(CancelOrder)
  return (
    <LoadedContent loaded={loaded}>
      {({ order }) => (
        <Part title={order ? (order.plan?.name ?? texts.topUp) : common.notFound} backTo={toPath('invoices')}>
          {order && (
            <Stack gap="lg">
              <Card withBorder padding="lg">
                <Stack gap="sm">
                  <Facts
                    facts={[
                      {
                        label: texts.status,
                        value: order.status === 'PENDING' ? texts.pendingOrders : invoiceTexts.orderStatuses[order.status],
                      },
                      order.status === 'PENDING' && order.expiresAt ? { label: texts.expiresOn, value: date(order.expiresAt) } : null,
                      { label: invoiceTexts.amount, value: money(order.amount), isTotal: true },
                    ]}
                  />
                  {order.status === 'PENDING' && order.plan && (
                    <Text size="sm" c="dimmed">
                      {texts.howToPayText}
                    </Text>
                  )}
                  <Group>
                    <Button component="a" href={order.invoicePdfUrl} target="_blank" rel="noopener" variant="default">
                      {texts.openPdf}
                    </Button>
                    {order.status === 'PENDING' && (
                      <Button
                        variant="default"
                        loading={cancel.isRunning}
                        onClick={() => void cancel.run({ input: { orderId: order.id } })}
                      >
                        {texts.cancelOrder}
                      </Button>
                    )}
                  </Group>
                  <ErrorNotice error={cancel.error} />
                </Stack>
              </Card>
              {order.howToPay && <WaysToPay howToPay={order.howToPay} />}
              {order.howToPay ? (
                <PaymentReport target={{ orderId: order.id }} howToPay={order.howToPay} reports={order.reportedPayments} />
              ) : (
                <Reports reports={order.reportedPayments} />
              )}
            </Stack>
          )}
        </Part>
      )}
    </LoadedContent>
  )
}
