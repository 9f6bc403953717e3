import { Radio, Stack, Text } from '@mantine/core'
import '@mantine/core/styles/InlineInput.css'
import '@mantine/core/styles/Radio.css'
import { useState } from 'react'
import { Checkout, PlaceOrder, type PlanCardFragment, PurchasePreview } from '../generated/portal'
import ConfirmDialog from '../ui/confirm-dialog'
import { useAction, useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useInvoiceTexts, useLocale } from '../ui/locale'
import { navigate } from '../ui/router'
import { usePortal } from './customer'
import { Facts } from './facts'
import { useTexts } from './use-texts'

interface PurchaseProps {
  plan: PlanCardFragment
  /** Whether a plan that is not renewed is replaced. */
  replaces: boolean
  /** Whether the seller has ways to pay without the payment provider. */
  canTransfer: boolean
  onClose: () => void
}

/** The price of a plan with its tax, and the button that orders it. */
export default function Purchase({ plan, replaces, canTransfer, onClose }: PurchaseProps) {
  const texts = useTexts()
  const invoiceTexts = useInvoiceTexts()
  const { money } = useLocale()
  const { customer, seller, toPath } = usePortal()
  const [isOnline, setOnline] = useState(seller.paymentProvider != null)
  const { organisationId } = customer
  const preview = useLoaded(PurchasePreview, { organisationId, planId: plan.id })
  const checkout = useAction(Checkout)
  const order = useAction(PlaceOrder)
  const confirm = async () => {
    if (isOnline) {
      const successUrl = location.origin + toPath('', { paid: '1' })
      const input = {
        organisationId,
        plan: plan.slug,
        successUrl,
        cancelUrl: location.origin + toPath('plans'),
        idempotencyKey: checkout.key,
      }
      const result = await checkout.run({ input })
      if (result) location.assign(result.createCheckout.checkoutUrl)
      return
    }
    const result = await order.run({ input: { organisationId, planId: plan.id, replace: replaces, idempotencyKey: order.key } })
    if (result) navigate(toPath(`orders/${result.placeOrder.order.id}`))
  }
  return (
    <ConfirmDialog
      title={texts.order(plan.name)}
      confirm={texts.orderNow}
      isRunning={checkout.isRunning || order.isRunning}
      isDisabled={!preview.data}
      error={checkout.error ?? order.error}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <LoadedContent loaded={preview}>
        {({ invoicePreview: invoice }) =>
          invoice && (
            <Facts
              facts={[
                { label: `${plan.name}, ${texts.perInterval[plan.interval]}`, value: money(invoice.subtotal) },
                { label: invoiceTexts.tax, value: money(invoice.tax) },
                { label: invoiceTexts.total, value: money(invoice.total), isTotal: true },
              ]}
            />
          )
        }
      </LoadedContent>
      {seller.paymentProvider != null && canTransfer ? (
        <Radio.Group
          label={texts.paymentMethod}
          value={isOnline ? 'online' : 'transfer'}
          onChange={(value) => setOnline(value === 'online')}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="online" label={texts.payOnline} />
            <Radio value="transfer" label={texts.payByTransfer} />
          </Stack>
        </Radio.Group>
      ) : null}
      {!isOnline && (
        <Text size="sm" c="dimmed">
          {texts.howToPayText}
        </Text>
      )}
    </ConfirmDialog>
  )
}
