import type { DeliveryRowFragment, EventRowFragment } from '../../generated/admin'
import type { Column } from '../../ui/data-table'
import { useLocale } from '../../ui/locale'
import { Status } from '../blocks/status'
import { useTexts } from '../use-texts'

/** The columns of every table of deliveries. */
export function useDeliveryColumns(): Column<DeliveryRowFragment>[] {
  const { fields, enums } = useTexts()
  const { dateAndTime, number } = useLocale()
  return [
    { key: 'type', title: fields.event, cell: ({ event }) => enums.eventType[event.type] ?? event.type },
    { key: 'subject', title: fields.subject, cell: ({ event }) => event.subject },
    { key: 'at', title: fields.date, cell: ({ createdAt }) => dateAndTime(createdAt) },
    { key: 'status', title: fields.status, cell: ({ status }) => <Status of="deliveryStatus" value={status} /> },
    {
      key: 'response',
      title: fields.response,
      cell: ({ responseStatus, response }) => [responseStatus, response?.slice(0, 80)].filter(Boolean).join(' '),
    },
    { key: 'attempts', title: fields.attempts, align: 'end', cell: ({ attempts }) => number(attempts) },
  ]
}

/** The columns of every table of received events. */
export function useEventColumns(): Column<EventRowFragment>[] {
  const { fields } = useTexts()
  const { dateAndTime } = useLocale()
  return [
    { key: 'name', title: fields.event, cell: ({ name }) => name },
    { key: 'source', title: fields.source, cell: ({ source }) => source },
    { key: 'subject', title: fields.subject, cell: ({ subject }) => subject },
    { key: 'at', title: fields.receivedAt, cell: ({ receivedAt }) => dateAndTime(receivedAt) },
    { key: 'status', title: fields.status, cell: ({ status }) => <Status of="eventStatus" value={status} /> },
    { key: 'error', title: fields.error, cell: ({ lastError }) => lastError },
  ]
}
