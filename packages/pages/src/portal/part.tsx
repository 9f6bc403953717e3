import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useCommonTexts } from '../ui/locale'
import { Link } from '../ui/router'

interface PartProps {
  title: string
  text?: ReactNode
  /** Path of the part from which this one is opened. */
  backTo?: string
  children: ReactNode
}

/** A part of the portal with its heading. */
export function Part({ title, text, backTo, children }: PartProps) {
  const texts = useCommonTexts()
  return (
    <Stack gap="lg">
      <Stack gap={4}>
        {backTo && (
          <Link to={backTo} size="sm">
            ← {texts.back}
          </Link>
        )}
        <Title order={1}>{title}</Title>
        {text && <Text c="dimmed">{text}</Text>}
      </Stack>
      {children}
    </Stack>
  )
}
