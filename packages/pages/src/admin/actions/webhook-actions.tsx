import {
  CreateApiKey,
  CreateWebhookEndpoint,
  DeleteWebhookEndpoint,
  type DeliveryRowFragment,
  type EndpointFieldsFragment,
  type EventRowFragment,
  ReplayProviderEvent,
  ReplayWebhookDelivery,
  RevokeApiKey,
  RotateWebhookEndpointSecret,
  SendTestEvent,
  UpdateWebhookEndpoint,
} from '../../generated/admin'
import { type Action, defineAction } from '../blocks/action'
import { useChoices } from '../blocks/choices'
import type { Field } from '../blocks/field'
import { Secret } from '../blocks/secret'
import { useTexts } from '../use-texts'

/** What can be done with the connections to other programs; the API decides whether it is allowed. */
export function useWebhookActions() {
  const { actions, explain, fields } = useTexts()
  const choices = useChoices()

  const fieldsOf = (endpoint?: EndpointFieldsFragment): Field[] => [
    { name: 'url', label: fields.url, kind: 'text', isRequired: true, isWide: true, initial: endpoint?.url },
    { name: 'description', label: fields.description, kind: 'text', isWide: true, initial: endpoint?.description },
    {
      name: 'format',
      label: fields.format,
      kind: 'choice',
      isRequired: true,
      initial: endpoint?.format ?? 'STANDARD',
      options: choices('webhookFormat'),
    },
    {
      name: 'types',
      label: fields.eventTypes,
      kind: 'choices',
      initial: endpoint?.types,
      options: choices('eventType'),
      description: fields.allByDefault,
    },
  ]
  const allIfEmpty = (types: string[]) => (types.length > 0 ? types : null)

  const createEndpoint: Action = defineAction({
    label: actions.createEndpoint,
    target: actions.newEndpoint,
    fields: fieldsOf(),
    operation: CreateWebhookEndpoint,
    variables: ({ url, types, ...values }, idempotencyKey) => ({
      input: { ...values, url, types: allIfEmpty(types) as null, idempotencyKey },
    }),
    result: ({ createWebhookEndpoint: { secret } }) => secret && <Secret value={secret} text={explain.secretOnce} />,
  })

  const editEndpoint = (endpoint: EndpointFieldsFragment): Action =>
    defineAction({
      label: actions.edit,
      target: endpoint.url,
      confirm: actions.save,
      fields: fieldsOf(endpoint),
      operation: UpdateWebhookEndpoint,
      variables: (values) => ({ input: { ...values, id: endpoint.id } }),
    })

  const pauseEndpoint = ({ id, url, isEnabled }: EndpointFieldsFragment): Action =>
    defineAction({
      label: isEnabled ? actions.pause : actions.resume,
      target: url,
      text: isEnabled ? explain.pause : explain.resume,
      operation: UpdateWebhookEndpoint,
      variables: () => ({ input: { id, isEnabled: !isEnabled } }),
    })

  const rotateSecret = ({ id, url }: EndpointFieldsFragment): Action =>
    defineAction({
      label: actions.rotate,
      target: url,
      text: explain.rotate,
      isDangerous: true,
      operation: RotateWebhookEndpointSecret,
      variables: () => ({ input: { endpointId: id } }),
      result: ({ rotateWebhookEndpointSecret: { secret } }) => <Secret value={secret} text={explain.secretOnce} />,
    })

  const sendTest = ({ id, url }: EndpointFieldsFragment): Action =>
    defineAction({
      label: actions.test,
      target: url,
      text: explain.test,
      operation: SendTestEvent,
      variables: () => ({ input: { endpointId: id } }),
    })

  const deleteEndpoint = ({ id, url }: EndpointFieldsFragment): Action =>
    defineAction({
      label: actions.delete,
      target: url,
      text: explain.deleteEndpoint,
      isDangerous: true,
      operation: DeleteWebhookEndpoint,
      variables: () => ({ input: { endpointId: id } }),
    })

  const resend = ({ id, event }: DeliveryRowFragment): Action =>
    defineAction({
      label: actions.resend,
      target: `${event.type} ${event.subject}`,
      text: explain.resend,
      operation: ReplayWebhookDelivery,
      variables: () => ({ input: { deliveryId: id } }),
    })

  const replay = ({ id, name, subject }: EventRowFragment): Action =>
    defineAction({
      label: actions.replay,
      target: `${name} ${subject ?? ''}`.trim(),
      text: explain.replay,
      operation: ReplayProviderEvent,
      variables: () => ({ input: { eventId: id } }),
    })

  const createKey: Action = defineAction({
    label: actions.createKey,
    target: actions.newKey,
    fields: [
      { name: 'name', label: fields.name, kind: 'text', isRequired: true, isWide: true },
      { name: 'scopes', label: fields.scopes, kind: 'choices', isRequired: true, options: choices('scope') },
    ],
    operation: CreateApiKey,
    variables: ({ name, scopes }, idempotencyKey) => ({ input: { name, scopes, idempotencyKey } }),
    result: ({ createApiKey: { key } }) => key && <Secret value={key} text={explain.keyOnce} />,
  })

  const revokeKey = ({ id, name }: { id: string; name: string }): Action =>
    defineAction({
      label: actions.revoke,
      target: name,
      text: explain.revoke,
      isDangerous: true,
      operation: RevokeApiKey,
      variables: () => ({ input: { apiKeyId: id } }),
    })

  return {
    createEndpoint,
    editEndpoint,
    pauseEndpoint,
    rotateSecret,
    sendTest,
    deleteEndpoint,
    resend,
    replay,
    createKey,
    revokeKey,
  }
}
