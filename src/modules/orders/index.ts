import 'reflect-metadata'

export { bindOrder, createPendingOrder, createPlanlessOrder, createRenewalOrder, type OrderAmounts } from './create-order.js'
export { describeLines } from './describe-items.js'
export { exportOrders } from './export-orders.js'
export { notifyOfOrders } from './notify-of-orders.js'
export { OrderReason, OrderStatus } from './order.enums.js'
export { ORDER_NOT_FOUND } from './order.errors.js'
export { orderLoader } from './order.loader.js'
export { getOrder, lockOrder, orderNotFoundError } from './order.queries.js'
export {
  assertNotExpired,
  assertTransition,
  isAwaitingPayment,
  linesForChange,
  linesForPlan,
  pendingExpiresAt,
  singleLine,
} from './order.rules.js'
export { Order, PlaceOrderInput, PlaceOrderPayload } from './order.type.js'
export { type DescribedLine, type OrderLine, parseOrderItem } from './order-item.js'
export { orders } from './orders.module.js'
export {
  FIND_ORDER,
  FIND_ORDER_CUSTOMER,
  HAS_OPEN_REPORT,
  LIST_ORDER_ITEMS,
  LOCK_ORDER,
  ORDER_COLUMNS,
  RESERVE_ORDER_ID,
} from './orders.statements.js'
export { bindCancelledChanges, cancelPendingChanges, followCancelledChanges } from './pending-change-orders.js'
export { confirmMatchingReport, confirmReportsOfOrder, resolveReport } from './resolve-report.js'
export { isTopUp, linesForTopUp } from './top-up-orders.js'
