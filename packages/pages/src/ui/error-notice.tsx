import { Alert, Button, Stack, Text } from '@mantine/core'
import { errorCode } from './graphql'
import { useCommonTexts } from './locale'

/** What went wrong, as the server states it. Screen readers read it at once. */
export function ErrorNotice({ error, retry }: { error: Error | undefined; retry?: (() => void) | undefined }) {
  const texts = useCommonTexts()
  if (!error) return null
  return (
    <Alert color="red" variant="light" title={texts.failed} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{errorCode(error) === undefined ? texts.connectionLost : error.message}</Text>
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {texts.retry}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}
