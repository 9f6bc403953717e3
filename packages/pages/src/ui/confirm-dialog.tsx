import { Button, Group, Modal, Stack } from '@mantine/core'
import '@mantine/core/styles/CloseButton.css'
import '@mantine/core/styles/ModalBase.css'
import '@mantine/core/styles/Modal.css'
import '@mantine/core/styles/Overlay.css'
import type { ReactNode } from 'react'
import { ErrorNotice } from './error-notice'
import { useCommonTexts } from './locale'

interface ConfirmDialogProps {
  title: string
  /** What happens, and what it costs. */
  children: ReactNode
  /** The text of the button that does it. */
  confirm: string
  isDangerous?: boolean
  isRunning: boolean
  isDisabled?: boolean
  error: Error | undefined
  onConfirm: () => void
  onClose: () => void
}

/** Asks before something is changed. Load it lazily: `lazy(() => import('../ui/confirm-dialog'))`. */
export default function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, confirm, isDangerous, isRunning, isDisabled, error, onConfirm, onClose } = props
  const texts = useCommonTexts()
  // Closing it would not stop what is running.
  const close = () => !isRunning && onClose()
  return (
    <Modal
      opened
      onClose={close}
      title={title}
      closeButtonProps={{ 'aria-label': texts.close }}
      centered
      styles={{ title: { fontSize: '1.125rem', fontWeight: 650 } }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onConfirm()
        }}
      >
        <Stack>
          {children}
          <ErrorNotice error={error} />
          <Group justify="flex-end">
            <Button variant="default" disabled={isRunning} onClick={onClose}>
              {texts.cancel}
            </Button>
            <Button type="submit" color={isDangerous ? 'red.8' : undefined} loading={isRunning} disabled={isDisabled ?? false}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
