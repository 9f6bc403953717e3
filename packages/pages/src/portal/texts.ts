/** The texts of the portal. */
export interface PortalTexts {
  account: string
  overview: string
  plans: string
  invoices: string
  balance: string
  billing: string

  yourPlan: string
  noPlan: string
  perInterval: Record<'MONTH' | 'YEAR', string>
  free: string
  customPrice: string
  subscriptionStatuses: Record<'ACTIVE' | 'TRIALING' | 'PAST_DUE' | 'UNPAID' | 'PAUSED' | 'CANCELLED' | 'EXPIRED', string>
  suspended: Record<'OVERDUE' | 'ADMIN' | 'ABUSE', string>
  renewsOn: (day: string, amount: string | null) => string
  endsOn: (day: string) => string
  changesOn: (plan: string, day: string) => string
  newPriceFrom: (amount: string, day: string) => string
  changePlan: string
  changePaymentMethod: string
  resume: string
  revokeChange: string
  nextRenewal: string
  invoiceOn: (day: string) => string
  fromBalance: string
  usage: string
  resources: Record<
    | 'SERVERS'
    | 'NODES'
    | 'MEMORY_MB'
    | 'DISK_MB'
    | 'CPU_PERCENT'
    | 'DATABASES_PER_SERVER'
    | 'BACKUPS_PER_SERVER'
    | 'PORTS_PER_SERVER'
    | 'TUNNEL_PORTS'
    | 'EMAILS_PER_DAY',
    string
  >
  usedOf: (used: string, limit: string) => string
  unlimited: string
  overLimit: string
  openInvoices: (count: number, amount: string) => string
  /** @param count  how many are known, of more */
  manyOpenInvoices: (count: string) => string
  orderWaits: (name: string, amount: string) => string
  orderIsChecked: (name: string, amount: string) => string
  allPendingOrders: string
  details: string
  overdue: string
  pay: string
  paymentPending: string
  paymentPendingText: string

  choosePlan: string
  currentPlan: string
  choose: (plan: string) => string
  planChange: (plan: string) => string
  when: string
  times: Record<'NOW' | 'PERIOD_END', string>
  effectiveOn: string
  unusedCredit: string
  newCharge: string
  dueNow: string
  creditLeft: string
  nextRenewalOn: (day: string) => string
  estimate: string
  confirmChange: string
  order: (plan: string) => string
  orderNow: string
  payOnline: string
  payByTransfer: string
  howToPayText: string

  onlyOpen: string
  invoiceNumber: string
  status: string
  actions: string
  invoiceStatuses: Record<'OPEN' | 'PAID' | 'PARTIALLY_REFUNDED' | 'REFUNDED' | 'VOID', string>
  pdf: string
  xml: string
  download: (name: string) => string
  pendingOrders: string
  dueOn: string
  expiresOn: string
  cancelOrder: string
  copy: string
  copied: string
  accountNumber: string
  iHavePaid: string
  iHavePaidText: string
  transferReference: string
  transferReferenceText: string
  paymentMethod: string
  otherMethod: string
  note: string
  sendReport: string
  reportAnother: string
  reportedText: string
  reportStatuses: Record<'REPORTED' | 'CONFIRMED' | 'REJECTED', string>
  reports: string
  nothingDue: string
  openPdf: string

  available: string
  held: string
  granted: string
  noBalance: string
  entries: string
  topUp: string
  topUpText: string
  topUpAmount: (currency: string) => string
  topUpInvalid: string
  goToPayment: string

  billingText: string
  name: string
  address: string
  city: string
  state: string
  zip: string
  country: string
  noCountry: string
  electronicAddress: string
  electronicAddressText: string
  invoiceFormat: string
  defaultFormat: string
  invoiceLanguage: string
  vatChecked: Record<'CONFIRMED' | 'OPEN', string>

  /** The words of § 312k (2) BGB and of Articles D215-1 and D215-3 of the code de la consommation; unambiguous ones elsewhere. */
  cancelHere: string
  cancelTitle: string
  cancelText: (plan: string) => string
  cancelPerson: string
  cancelContract: string
  cancelEffect: string
  cancelKind: string
  cancelOrdinary: string
  cancelExtraordinary: string
  cancelReason: string
  cancelReasonText: string
  cancelAgain: string
  cancelNow: string
  cancelled: string
  cancelledText: (plan: string, day: string) => string
  cancelledAt: (time: string) => string
  noContract: string
  saveConfirmation: string
  endsNow: string

  /**
   * The words of Article 11a (1) and (3) of Directive 2011/83/EU, as amended by Directive (EU) 2023/2673, in each official
   * version.
   */
  withdrawHere: string
  withdrawTitle: string
  withdrawText: string
  withdrawRefund: (amount: string) => string
  withdrawNothing: string
  withdrawEnds: string
  withdrawNone: string
  withdrawNoContract: string
  withdrawContact: (email: string) => string
  withdrawConfirm: string
  withdrawn: string
  withdrawnText: (contract: string) => string
  legal: string
}
