import { Text } from '@mantine/core'
import { MessagePage } from '../ui/shell'
import { useSettingsActions } from './actions/settings-actions'
import { ActionButtons } from './blocks/action'
import { useTexts } from './use-texts'

/** In place of everything while the API refuses it. The API also decides who may enable billing. */
export default function BillingDisabled() {
  const texts = useTexts()
  const { setBilling } = useSettingsActions()
  return (
    <MessagePage title={texts.billingDisabled}>
      <Text>{texts.billingDisabledText}</Text>
      <ActionButtons actions={[setBilling(false)]} />
    </MessagePage>
  )
}
