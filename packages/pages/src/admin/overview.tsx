import { Title } from '@mantine/core'
import { useTexts } from './use-texts'

export default function Overview() {
  const texts = useTexts()
  return <Title order={1}>{texts.overview}</Title>
}
