// A handwritten server with the same transactions, reduced to the rows that a shop cannot do without.
import { serve } from './bare-server.mjs'
import { applyPlan, placeOrder, recordPayment } from './bare-transactions.mjs'

serve({ '/placeOrder': placeOrder, '/applyPlan': applyPlan, '/recordPayment': recordPayment })
