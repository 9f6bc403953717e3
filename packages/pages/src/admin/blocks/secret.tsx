import { Alert, Button, CopyButton, Group, Stack } from '@mantine/core'
import { useTexts } from '../use-texts'
import classes from './blocks.module.css'

/** A secret or a link that the API returns once. */
export function Secret({ value, text }: { value: string; text: string }) {
  const texts = useTexts()
  return (
    <Stack gap="sm">
      <Alert color="yellow" variant="light">
        {text}
      </Alert>
      <output className={classes.secret}>{value}</output>
      <Group justify="flex-end">
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? texts.copied : texts.copy}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Stack>
  )
}
