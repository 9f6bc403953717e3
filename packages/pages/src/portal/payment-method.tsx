import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { CustomerPortal } from '../generated/portal'
import { ErrorNotice } from '../ui/error-notice'
import { useLoaded } from '../ui/graphql'
import { usePortal } from './customer'
import { useTexts } from './use-texts'

/** Opens the page of the payment provider on which the customer changes the card. */
export function PaymentMethodButton() {
  const texts = useTexts()
  const { customer } = usePortal()
  const [isOpened, setOpened] = useState(false)
  // The provider is asked only then, because its addresses expire.
  const { data, error, isLoading, reload } = useLoaded(CustomerPortal, { organisationId: customer.organisationId }, { pause: !isOpened })
  const url = data?.customerPortalUrl
  useEffect(() => {
    if (url) location.assign(url)
  }, [url])
  if (url === null && !error) return null
  return (
    <>
      <Button variant="default" loading={isLoading} onClick={() => (isOpened ? reload() : setOpened(true))}>
        {texts.changePaymentMethod}
      </Button>
      <ErrorNotice error={error} />
    </>
  )
}
