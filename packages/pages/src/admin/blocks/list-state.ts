import type { PageArguments } from '../../ui/data-table'
import { navigate, useLocation } from '../../ui/router'

export type ListValues = Readonly<Record<string, string | undefined>>

export interface ListState {
  /** The filters and the sort order that are set. */
  values: ListValues
  page: PageArguments
  /** Sets a filter or the sort order, and returns to the first page. */
  setValue(name: string, value: string): void
  setPage(page: PageArguments): void
}

/**
 * The state of a table in the address, so that it can be shared, and survives a reload.
 * @param prefix  separates the tables of one page
 */
export function useListState(pageSize: number, prefix = ''): ListState {
  const { path, query, toPath } = useLocation()
  const all = Object.fromEntries(query)
  const named = (name: string) => query.get(`${prefix}${name}`) ?? undefined
  const values = Object.fromEntries(
    Object.entries(all)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  )
  const change = (changes: Record<string, string | undefined>) => {
    const renamed = Object.fromEntries(Object.entries(changes).map(([name, value]) => [`${prefix}${name}`, value]))
    navigate(toPath(path, { ...all, ...renamed }), { replace: true })
  }
  const before = named('before')
  return {
    values,
    page:
      before === undefined ? { first: pageSize, ...(named('after') && { after: named('after') as string }) } : { last: pageSize, before },
    setValue: (name, value) => change({ [name]: value || undefined, after: undefined, before: undefined }),
    setPage: ({ after, before: start }) => change({ after, before: start }),
  }
}

/** The chosen value of a filter as a list, which the API takes. The choices come from its enum. */
export function listOf<TValue extends string>(value: string | undefined): TValue[] | undefined {
  return value === undefined ? undefined : [value as TValue]
}
