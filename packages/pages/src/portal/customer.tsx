import { NativeSelect } from '@mantine/core'
import { createContext, type ReactNode, useContext } from 'react'
import type { PortalStartQuery } from '../generated/portal'
import { navigate, useLocation } from '../ui/router'
import { useTexts } from './use-texts'

export interface Customer {
  /** Id of the user or of the organisation. */
  id: string
  /** Null for the user's own plan. */
  organisationId: string | null
  name: string
  email: string | null
}

export interface PortalContext {
  customer: Customer
  seller: NonNullable<PortalStartQuery['seller']>
  /** The path of a part of the portal for the same customer. */
  toPath(path: string, query?: Readonly<Record<string, string | undefined>>): string
}

const Context = createContext<PortalContext | null>(null)

export function usePortal(): PortalContext {
  const context = useContext(Context)
  if (!context) throw new Error('CustomerProvider is missing')
  return context
}

type Start = PortalStartQuery & { me: NonNullable<PortalStartQuery['me']>; seller: NonNullable<PortalStartQuery['seller']> }

/** The organisations that the user manages; other members see no invoices. */
function managedOrganisations({ me }: Start) {
  return me.organisations.filter(({ role }) => role !== 'MEMBER').map(({ organisation }) => organisation)
}

/** The customer that the address names: `?organisation=org_7`, otherwise the user. */
export function CustomerProvider({ start, children }: { start: Start; children: ReactNode }) {
  const location = useLocation()
  const { me, seller } = start
  const named = location.query.get('organisation')
  const organisation = managedOrganisations(start).find(({ id }) => id === named)
  const name = me.name ?? me.email ?? me.id
  const customer = organisation
    ? { id: organisation.id, organisationId: organisation.id, name: organisation.name, email: me.email ?? null }
    : { id: me.id, organisationId: null, name, email: me.email ?? null }
  const toPath: PortalContext['toPath'] = (path, query) => location.toPath(path, { ...query, organisation: organisation?.id })
  return <Context.Provider value={{ customer, seller, toPath }}>{children}</Context.Provider>
}

/** The choice between the user's own plan and those of organisations. */
export function CustomerChoice({ start }: { start: Start }) {
  const texts = useTexts()
  const { customer } = usePortal()
  const { toPath } = useLocation()
  const { me } = start
  const organisations = managedOrganisations(start)
  if (organisations.length === 0) return null
  return (
    <NativeSelect
      label={texts.account}
      value={customer.organisationId ?? ''}
      data={[{ value: '', label: me.name ?? me.email ?? me.id }, ...organisations.map(({ id, name }) => ({ value: id, label: name }))]}
      onChange={({ currentTarget }) => navigate(toPath('', { organisation: currentTarget.value || undefined }))}
    />
  )
}
