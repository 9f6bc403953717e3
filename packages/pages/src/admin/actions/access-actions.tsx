import { CreatePortalSession, EndPortalSessions, RemoveLimitOverride, SetLimitOverride } from '../../generated/admin'
import { type Action, defineAction } from '../blocks/action'
import { useChoices } from '../blocks/choices'
import { Secret } from '../blocks/secret'
import { useTexts } from '../use-texts'
import { useCommonFields } from './common-fields'
import type { CustomerTarget } from './customer-actions'

/** The limits and the sessions of a customer; the API decides what is allowed. */
export function useAccessActions({ name: target, userId, organisationId }: CustomerTarget) {
  const { actions, explain, fields } = useTexts()
  const common = useCommonFields()
  const choices = useChoices()
  const either = organisationId === null ? { userId } : { organisationId }

  const setLimit: Action = defineAction({
    label: actions.setLimit,
    target,
    text: explain.setLimit,
    fields: [
      { name: 'resource', label: fields.resource, kind: 'choice', options: choices('resource') },
      { name: 'value', label: fields.newLimit, kind: 'number' },
      { name: 'percent', label: fields.percentMore, kind: 'number' },
      { name: 'endsAt', label: fields.endsAt, kind: 'lastDay', description: fields.neverByDefault },
      common.reason(),
    ],
    operation: SetLimitOverride,
    variables: ({ reason, ...values }, idempotencyKey) => ({ input: { ...values, reason, ...either, idempotencyKey } }),
  })

  const removeLimit = (override: { id: string; reason: string }): Action =>
    defineAction({
      label: actions.remove,
      target: override.reason,
      isDangerous: true,
      operation: RemoveLimitOverride,
      variables: () => ({ input: { overrideId: override.id } }),
    })

  const portalLink: Action = defineAction({
    label: actions.portalLink,
    target,
    text: explain.portalLink,
    operation: CreatePortalSession,
    variables: () => ({ input: { userId, organisationId } }),
    result: ({ createPortalSession: { url } }) => <Secret value={url} text={explain.portalLinkOnce} />,
  })

  const endSessions: Action = defineAction({
    label: actions.endSessions,
    target,
    text: explain.endSessions,
    isDangerous: true,
    operation: EndPortalSessions,
    variables: () => ({ input: { userId } }),
  })

  return { setLimit, removeLimit, portalLink, endSessions }
}
