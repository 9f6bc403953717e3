import { Endpoints } from '../../generated/admin'
import { useLoaded } from '../../ui/graphql'
import { useTexts } from '../use-texts'
import type { ListFilter } from './list-filters'

/** The maximum of a page; a server has fewer endpoints. */
export const ALL_ENDPOINTS = { first: 100 }

/** The filter of deliveries by their endpoint. */
export function useEndpointFilter(): ListFilter {
  const { nav } = useTexts()
  const endpoints = useLoaded(Endpoints, ALL_ENDPOINTS).data?.webhookEndpoints.nodes ?? []
  return { name: 'endpointId', label: nav.endpoints, kind: 'choice', options: endpoints.map(({ id, url }) => ({ value: id, label: url })) }
}
