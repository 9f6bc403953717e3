import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import '@mantine/core/styles/CloseButton.css'
import '@mantine/core/styles/ModalBase.css'
import '@mantine/core/styles/Modal.css'
import '@mantine/core/styles/Overlay.css'
import { type FormEvent, type ReactNode, useState } from 'react'
import { ErrorNotice } from '../../ui/error-notice'
import { useAction } from '../../ui/graphql'
import { useCommonTexts } from '../../ui/locale'
import { settings } from '../../ui/settings'
import { useTexts } from '../use-texts'
import type { Action } from './action'
import { type FieldValue, fieldProblems, initialValues, readValues, UnreadableField } from './field'
import { FormFields } from './form-fields'
import { showNotice } from './notice'

/** Asks for the input of an action or for a confirmation, runs it once, and shows what the API returns. */
export default function ActionDialog({ action, onClose }: { action: Action; onClose: () => void }) {
  const { target, text, fields = [], label, confirm = label, isDangerous, operation, variables, result, onDone } = action
  const texts = useTexts()
  const common = useCommonTexts()
  const mutation = useAction(operation)
  // A changed input is another request.
  const [edits, setEdits] = useState(0)
  const [values, setValues] = useState(() => initialValues(fields))
  const [unreadable, setUnreadable] = useState<string>()
  const [shown, setShown] = useState<ReactNode>()
  const problems = { ...fieldProblems(mutation.error, fields), ...(unreadable && { [unreadable]: texts.unreadable }) }
  const isAtField = Object.keys(problems).length > 0

  const change = (name: string, value: FieldValue) => {
    setValues((before) => ({ ...before, [name]: value }))
    setEdits((count) => count + 1)
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setUnreadable(undefined)
    try {
      const data = await mutation.run(variables(readValues(fields, values, settings.timeZone), `${mutation.key}-${edits}`))
      if (!data) return
      showNotice(texts.done(label))
      onDone?.(data)
      if (result) setShown(result(data))
      else onClose()
    } catch (error) {
      if (!(error instanceof UnreadableField)) throw error
      setUnreadable(error.message)
    }
  }

  return (
    <Modal
      opened
      centered
      size={fields.length > 2 ? 'lg' : 'md'}
      // Closing it would not stop what is running.
      onClose={() => !mutation.isRunning && onClose()}
      title={`${label}: ${target}`}
      closeButtonProps={{ 'aria-label': common.close }}
      styles={{ title: { fontSize: '1.125rem', fontWeight: 650 } }}
    >
      {shown ? (
        <Stack>
          {shown}
          <Group justify="flex-end">
            <Button onClick={onClose}>{common.close}</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={(event) => void submit(event)}>
          <Stack>
            {typeof text === 'string' ? <Text size="sm">{text}</Text> : text}
            <FormFields fields={fields} values={values} problems={problems} onChange={change} />
            {!isAtField && <ErrorNotice error={mutation.error} />}
            <Group justify="flex-end">
              <Button variant="default" disabled={mutation.isRunning} onClick={onClose}>
                {common.cancel}
              </Button>
              <Button type="submit" color={isDangerous ? 'red.8' : undefined} loading={mutation.isRunning}>
                {confirm}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}
