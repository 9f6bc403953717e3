import { Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useCommonTexts } from '../../ui/locale'
import { Link, useLocation } from '../../ui/router'
import classes from './blocks.module.css'

interface PageProps {
  title: ReactNode
  text?: ReactNode
  /** Path of the page from which this one is opened, below the root. */
  backTo?: string
  /** Buttons next to the heading. */
  actions?: ReactNode
  children: ReactNode
}

/** A page of the administration with its heading. */
export function Page({ title, text, backTo, actions, children }: PageProps) {
  const texts = useCommonTexts()
  const { toPath } = useLocation()
  return (
    <Stack gap="lg">
      <div>
        {backTo !== undefined && (
          <Link to={toPath(backTo)} size="sm">
            ← {texts.back}
          </Link>
        )}
        <Group justify="space-between" align="flex-start" gap="md">
          <div className={classes.heading}>
            <Title order={1}>{title}</Title>
            {text && <Text c="dimmed">{text}</Text>}
          </div>
          {actions}
        </Group>
      </div>
      {children}
    </Stack>
  )
}
