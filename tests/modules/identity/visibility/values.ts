import { ecbFile } from '../../../support/ecb-files.js'
import type { FillValue } from '../../../support/schema-walk.js'
import type { Installation, Target } from './people.js'

/** The arguments of a root field: real ids where they matter, and arbitrary text and numbers elsewhere. */
export function valueFor(field: string, target: Target, ids: Installation, url: string): FillValue {
  const byField: Record<string, string | undefined> = {
    ...idsOf(target),
    ...idsOfInstallation(ids),
  }
  const values: Record<string, unknown> = {
    userId: String(target.userId),
    organisationId: target.organisationId === undefined ? undefined : String(target.organisationId),
    orderId: String(target.orderId),
    invoiceId: String(target.invoiceId),
    subscriptionId: String(target.subscriptionId),
    collection: 'INVOICE',
    externalId: target.externalId,
    planId: field.startsWith('changePlan') ? (target.changeTo ?? ids.otherPlan) : ids.plan,
    plan: ids.plan,
    endpointId: ids.endpoint,
    key: `${field} ${target.externalId}`,
    resource: 'NODES',
    kind: 'BANK_TRANSFER',
    country: 'DE',
    role: 'MEMBER',
    representations: representationOf(target),
    successUrl: url,
    cancelUrl: url,
    url: 'http://127.0.0.1:9/other',
    slug: `new-${target.orderId}`,
    reason: 'test',
    name: 'New name',
    percent: 1,
    address: 'Street 1',
    city: 'Berlin',
    state: 'BE',
    zip: '10115',
    taxId: '12/345/67890',
    locale: 'de-DE',
    registrationId: 'HRB 12345',
    reference: 'KST 4711',
    purchaseOrder: 'PO-4711',
    electronicAddress: '9930:DE123456788',
    invoiceFormat: 'PEPPOL',
    currency: 'USD',
    day: '2026-05-01',
    validFrom: '2026-05-01',
    percentage: '0',
    region: 'BE',
    perEuro: '1.1534',
    file: ecbFile(['2026-05-01', { USD: '1.1534', CYP: '0.58' }]),
    since: '2020-01-01T00:00:00.000Z',
    ...(field === 'suspendSubscription' && { reason: 'ADMIN' }),
    ...(field === 'revenueReport' && { from: '2026-01', to: '2026-01' }),
    failedOnly: false,
    replace: true,
  }
  return (name, type, isRequired) => {
    if (isOwnId(field, name) && (byField[field] !== undefined || !isRequired)) return byField[field]
    // A percentage replaces it.
    if (name === 'basisPoints') return undefined
    // Exactly one of orderId and invoiceId is allowed.
    if (field === 'reportPayment' && name === 'invoiceId') return undefined
    // An organisation is named instead of its subscription.
    if (field === 'upcomingInvoice' && name === 'subscriptionId' && target.organisationId !== undefined) return undefined
    // Without it, the current subscription of the customer is meant.
    if (name === 'subscriptionId' && /^(cancel|withdrawFrom)Subscription$/.test(field)) return undefined
    // Without orderId, applyPlan grants a plan. With it, it would need a pending order.
    if (name === 'orderId' && !isRequired && field !== 'orderUpdated') return undefined
    if (name === 'userId' && !isRequired && target.organisationId !== undefined) return undefined
    if (name in values && (isRequired || isFilled(field, name))) return values[name]
    if (!isRequired) return undefined
    if (type === 'Int' || type === 'MinorUnits') return 1
    if (type === 'Boolean') return true
    if (type === 'DateTime') return '2026-06-01T00:00:00.000Z'
    if (type === 'ID') throw new Error(`${field} needs a value for ${name}: add it to this test`)
    return type === 'String' ? 'x' : undefined
  }
}

/** For the field of federation that reads entities. */
const representationOf = ({ userId, organisationId }: Target) =>
  organisationId === undefined ? { __typename: 'User', id: `user_${userId}` } : { __typename: 'Organisation', id: `org_${organisationId}` }

export const idsOf = ({ orderId, pendingOrderId, unpaidOrderId, invoiceId, userId, organisationId }: Target) => ({
  order: String(orderId),
  cancelOrder: String(pendingOrderId),
  reportPayment: String(unpaidOrderId),
  node: `ord_${orderId}`,
  invoice: String(invoiceId),
  user: String(userId),
  organisation: String(organisationId ?? 920_001),
  upsertUser: String(userId),
  upsertUsers: String(userId),
  upsertOrganisation: String(organisationId ?? 920_001),
  upsertOrganisations: String(organisationId ?? 920_001),
})

const idsOfInstallation = (ids: Installation) => ({
  plan: ids.plan,
  archivePlan: ids.scratchPlan,
  updatePlan: ids.scratchPlan,
  removeLimitOverride: ids.override,
  revokeApiKey: ids.spareKey,
  deleteWebhookEndpoint: ids.spareEndpoint,
  updateWebhookEndpoint: ids.endpoint,
  rotateWebhookEndpointSecret: ids.endpoint,
  replayWebhookDelivery: ids.delivery,
  replayProviderEvent: ids.providerEvent,
  reversePayment: ids.payment,
  confirmRefund: ids.refundPart,
  creditTax: ids.taxedInvoice,
  voidInvoice: ids.openInvoice,
  extendDueDate: ids.otherOpenInvoice,
  confirmReportedPayment: ids.reportedPayment,
  rejectReportedPayment: ids.rejectedPayment,
  resendMail: ids.mail,
})

/** Fields of inputs that name the object to change, apart from `id`. */
const OWN_IDS: Readonly<Record<string, string>> = {
  cancelOrder: 'orderId',
  reportPayment: 'orderId',
  archivePlan: 'planId',
  removeLimitOverride: 'overrideId',
  revokeApiKey: 'apiKeyId',
  deleteWebhookEndpoint: 'endpointId',
  rotateWebhookEndpointSecret: 'endpointId',
  replayWebhookDelivery: 'deliveryId',
  replayProviderEvent: 'eventId',
  reversePayment: 'paymentId',
  confirmRefund: 'partId',
  creditTax: 'invoiceId',
  voidInvoice: 'invoiceId',
  extendDueDate: 'invoiceId',
  resendMail: 'mailId',
}

function isOwnId(field: string, name: string): boolean {
  return name === 'id' || OWN_IDS[field] === name
}

/** Optional arguments that are set: ids, and values without which the request would be invalid. */
function isFilled(field: string, name: string): boolean {
  if (field === 'setTaxRate' && ['percentage', 'region'].includes(name)) return true
  if (field === 'setBillingDetails' || ['replace', 'failedOnly'].includes(name)) return true
  if (field === 'topUpBalance' && name.endsWith('Url')) return true
  return /Id$|^role$/.test(name) || (field === 'setLimitOverride' && name === 'percent')
}
