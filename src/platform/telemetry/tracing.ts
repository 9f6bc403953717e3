import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { addMeasurementObserver, type MeasurementKind } from '../../core/instrumentation.js'

const SPAN_KINDS: Record<MeasurementKind, SpanKind> = {
  request: SpanKind.SERVER,
  operation: SpanKind.INTERNAL,
  statement: SpanKind.CLIENT,
  drawing: SpanKind.INTERNAL,
}

export interface Tracing {
  /** Runs a request within the trace of the client, if it sent one. @returns a function that ends the span */
  within(headers: Record<string, unknown>, route: string, work: () => void): (outcome: string) => void
  stop(): Promise<void>
}

/**
 * Creates spans for requests, operations, statements and drawings, and exports them as
 * the `OTEL_…` variables configure.
 */
export function startTracing(): Tracing {
  const resource = defaultResource().merge(resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME ?? 'quittance' }))
  const provider = new NodeTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] })
  provider.register()
  const tracer = trace.getTracer('quittance')
  const stopObserving = addMeasurementObserver((kind, attributes) => {
    // `within` creates the span of a request. Measurements outside requests (settings, jobs) are not traced.
    if (kind === 'request' || !trace.getActiveSpan()) return undefined
    const name = String(attributes.operation ?? attributes.statement ?? kind)
    const span = tracer.startSpan(name, { kind: SPAN_KINDS[kind], attributes: { ...attributes } })
    return (outcome, endAttributes) => {
      if (endAttributes) span.setAttributes(endAttributes)
      if (outcome !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR, message: outcome })
      span.end()
    }
  })
  return {
    within(headers, route, work) {
      const parent = propagation.extract(context.active(), headers)
      const span = tracer.startSpan(route, { kind: SPAN_KINDS.request, attributes: { 'http.route': route } }, parent)
      context.with(trace.setSpan(parent, span), work)
      return (outcome) => {
        span.setAttribute('http.response.status_code', Number(outcome))
        if (Number(outcome) >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
      }
    },
    async stop() {
      stopObserving()
      await provider.shutdown()
    },
  }
}
