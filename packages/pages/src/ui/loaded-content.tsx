import { Skeleton, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { ErrorNotice } from './error-notice'
import type { Loaded } from './graphql'
import { useCommonTexts } from './locale'

interface LoadedContentProps<TResult> {
  loaded: Loaded<TResult>
  children: (data: TResult) => ReactNode
}

/** What was loaded, a placeholder until then, or the error. */
export function LoadedContent<TResult>({ loaded: { data, error, reload }, children }: LoadedContentProps<TResult>) {
  const texts = useCommonTexts()
  if (data) {
    return (
      <>
        {error && <ErrorNotice error={error} retry={reload} />}
        {children(data)}
      </>
    )
  }
  if (error) return <ErrorNotice error={error} retry={reload} />
  return (
    <Stack role="status" aria-label={texts.loading} gap="sm">
      <Skeleton height={28} width="40%" />
      <Skeleton height={96} />
      <Skeleton height={96} />
    </Stack>
  )
}
