import { Card, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from '../../ui/router'
import classes from './blocks.module.css'

interface FigureProps {
  label: string
  value: string
  text?: ReactNode
  /** Where the number comes from. */
  to?: string
  isAlarming?: boolean
}

/** A number with its name and what it compares to. */
export function Figure({ label, value, text, to, isAlarming = false }: FigureProps) {
  return (
    <Card withBorder padding="md" className={classes.figure} data-alarming={isAlarming || undefined}>
      <Text size="sm" c="dimmed">
        {to ? (
          <Link to={to} size="sm">
            {label}
          </Link>
        ) : (
          label
        )}
      </Text>
      <p className={classes.number}>{value}</p>
      <Text size="xs" c="dimmed">
        {text}
      </Text>
    </Card>
  )
}
