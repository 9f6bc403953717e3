import { defineModule } from '../define-module.js'
import { RevenueReportResolver } from './revenue-report.resolver.js'

export const reports = defineModule({ resolvers: [RevenueReportResolver] })
