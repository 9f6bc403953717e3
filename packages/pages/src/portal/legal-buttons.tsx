import { Button } from '@mantine/core'
import { followLink } from '../ui/router'
import { usePortal } from './customer'
import classes from './portal.module.css'
import { useTexts } from './use-texts'

/** Below every part, so that both are always available: § 312k (2) BGB, Article 11a (1) of Directive 2011/83/EU. */
export function LegalButtons() {
  const texts = useTexts()
  const { toPath } = usePortal()
  const buttons = [
    { to: toPath('cancel'), text: texts.cancelHere },
    { to: toPath('withdraw'), text: texts.withdrawHere },
  ]
  return (
    <section className={classes.legal} aria-label={texts.legal}>
      {buttons.map(({ to, text }) => (
        <Button key={to} component="a" href={to} variant="default" size="sm" onClick={(event) => followLink(event, to)}>
          {text}
        </Button>
      ))}
    </section>
  )
}
