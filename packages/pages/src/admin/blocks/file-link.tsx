import { Anchor } from '@mantine/core'
import { useTexts } from '../use-texts'

interface FileLinkProps {
  href: string
  /** Of the document, for screen readers, which read links without their row. */
  name: string
  children: string
}

/** A link to a document, which opens in a new tab. */
export function FileLink({ href, name, children }: FileLinkProps) {
  const { download } = useTexts()
  return (
    <Anchor size="sm" href={href} target="_blank" rel="noopener" aria-label={download(`${children} ${name}`)}>
      {children}
    </Anchor>
  )
}
