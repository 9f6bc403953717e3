import { useCommonTexts } from '../../ui/locale'
import { Page } from './page'

/** In place of an object that does not exist. */
export function NotFound({ backTo }: { backTo: string }) {
  const texts = useCommonTexts()
  return (
    <Page title={texts.notFound} text={texts.notFoundText} backTo={backTo}>
      {null}
    </Page>
  )
}
