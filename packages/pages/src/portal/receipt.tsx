import { Button, Card, Group, Stack, Text } from '@mantine/core'
import { usePortal } from './customer'
import { Facts } from './facts'
import { saveText } from './save-text'
import { useTexts } from './use-texts'

interface ReceiptProps {
  title: string
  lines: readonly string[]
  /** The content of the declaration. */
  facts?: readonly { readonly label: string; readonly value: string }[]
  fileName: string
}

/** The confirmation of a declaration, which the customer can save. */
export function Receipt({ title, lines, facts = [], fileName }: ReceiptProps) {
  const texts = useTexts()
  const { customer, seller } = usePortal()
  const declared = facts.map(({ label, value }) => `${label}: ${value}`)
  const saved = [seller.name, customer.name, '', title, ...lines, ...(declared.length === 0 ? [] : ['', ...declared])]
  return (
    <Card withBorder padding="lg" role="status">
      <Stack>
        <Text fw={650}>{title}</Text>
        {lines.map((line) => (
          <Text key={line}>{line}</Text>
        ))}
        {facts.length > 0 && <Facts facts={facts} />}
        <Group>
          <Button variant="default" onClick={() => saveText(fileName, saved)}>
            {texts.saveConfirmation}
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}
