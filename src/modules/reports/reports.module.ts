import { defineModule } from '../define-module.js'
import { ReceivablesResolver } from './receivables.resolver.js'
import { RevenueReportResolver } from './revenue-report.resolver.js'

export const reports = defineModule({ resolvers: [RevenueReportResolver, ReceivablesResolver] })
