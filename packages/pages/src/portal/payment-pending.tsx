import { Alert } from '@mantine/core'
import { useEffect } from 'react'
import { useLocation } from '../ui/router'
import { useTexts } from './use-texts'

/** How often the page is loaded again while a payment is awaited, and for how long. */
const POLL_INTERVAL_MS = 1500
const MAX_POLLS = 20

/** After a checkout: the payment provider reports the payment a moment later. */
export function PaymentPending({ reload }: { reload: () => void }) {
  const texts = useTexts()
  const isAwaited = useLocation().query.get('paid') !== null
  useEffect(() => {
    if (!isAwaited) return undefined
    let polls = 0
    const timer = setInterval(() => {
      polls += 1
      reload()
      if (polls >= MAX_POLLS) clearInterval(timer)
    }, POLL_INTERVAL_MS)
    return () => clearInterval(timer)
    // The function is another one after each rendering.
  }, [isAwaited])
  if (!isAwaited) return null
  return (
    <Alert color="teal" title={texts.paymentPending} role="status">
      {texts.paymentPendingText}
    </Alert>
  )
}
