import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { CustomerPortal } from '../generated/portal'
import { ErrorNotice } from '../ui/error-notice'
import { useRequest } from '../ui/graphql'
import { usePortal } from './customer'
import { useTexts } from './use-texts'

/** Opens the page of the payment provider on which the customer changes the card. */
export function PaymentMethodButton() {
  const texts = useTexts()
  const {
    customer: { organisationId },
  } = usePortal()
  // The provider is asked at each press, because its addresses expire.
  const { run, isRunning, error } = useRequest(CustomerPortal)
  const [page, setPage] = useState<{ url: string | null }>()
  // Not after the customer has left this part.
  useEffect(() => {
    if (page?.url) location.assign(page.url)
  }, [page])
  if (page?.url === null) return null
  const open = async () => {
    const data = await run({ organisationId })
    if (data) setPage({ url: data.customerPortalUrl })
  }
  return (
    <>
      <Button variant="default" loading={isRunning} onClick={() => void open()}>
        {texts.changePaymentMethod}
      </Button>
      <ErrorNotice error={error} />
    </>
  )
}
