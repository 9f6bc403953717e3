import { Tabs } from '@mantine/core'
import '@mantine/core/styles/Tabs.css'
import type { ReactNode } from 'react'
import { navigate, useLocation } from '../../ui/router'
import type { Choice } from './list-filters'

/** The tabs of a page; the address names the open one. */
export function PageTabs({ tabs, children }: { tabs: readonly Choice[]; children: ReactNode }) {
  const { path, query, toPath } = useLocation()
  const first = tabs[0]?.value ?? ''
  const open = (value: string | null) =>
    navigate(toPath(path, { tab: value === first || value === null ? undefined : value }), { replace: true })
  return (
    <Tabs value={query.get('tab') ?? first} onChange={open} keepMounted={false}>
      <Tabs.List>
        {tabs.map(({ value, label }) => (
          <Tabs.Tab key={value} value={value}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {children}
    </Tabs>
  )
}
