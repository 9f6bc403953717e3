import { Text } from '@mantine/core'
import { RefundPreview } from '../generated/admin'
import { useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { Facts } from './blocks/facts'
import { useTexts } from './use-texts'

/** What the API would refund of an order now. */
export function RefundAmount({ orderId }: { orderId: string }) {
  const { explain, fields, enums } = useTexts()
  const { money, number } = useLocale()
  const loaded = useLoaded(RefundPreview, { orderId })
  return (
    <>
      <Text size="sm">{explain.refund}</Text>
      <LoadedContent loaded={loaded}>
        {({ refundEligibility: preview }) =>
          preview && (
            <Facts
              facts={[
                { label: fields.refundable, value: <b>{money(preview.refundable)}</b> },
                { label: fields.refundType, value: enums.refundType[preview.type] },
                { label: fields.daysSincePurchase, value: number(preview.daysSincePurchase) },
                { label: fields.reason, value: preview.reason },
              ]}
            />
          )
        }
      </LoadedContent>
    </>
  )
}
