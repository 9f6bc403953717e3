import { type MailRowFragment, ResendMail } from '../../generated/admin'
import { type Action, defineAction } from '../blocks/action'
import { useTexts } from '../use-texts'

export function useMailActions() {
  const { actions, explain, enums } = useTexts()

  const resendMail = ({ id, kind, recipient }: MailRowFragment): Action =>
    defineAction({
      label: actions.resend,
      target: `${enums.mailKind[kind]} ${recipient ?? ''}`.trim(),
      text: explain.resendMail,
      operation: ResendMail,
      variables: () => ({ input: { mailId: id } }),
    })

  return { resendMail }
}
