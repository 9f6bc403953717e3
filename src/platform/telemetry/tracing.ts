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
  /** Runs a request within the trace that its caller has begun, if it has. */
  within(headers: Record<string, unknown>, route: string, work: () => void): (outcome: string) => void
  stop(): Promise<void>
}

/** Spans for requests, operations, statements and drawings, sent where the variables of OpenTelemetry say. */
export function startTracing(): Tracing {
  const resource = defaultResource().merge(resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME ?? 'quittance' }))
  const provider = new NodeTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] })
  provider.register()
  const tracer = trace.getTracer('quittance')
  const stopObserving = addMeasurementObserver((kind, facts) => {
    // A request has its span from `within`; what belongs to none (the flag, the jobs) would be noise.
    if (kind === 'request' || !trace.getActiveSpan()) return undefined
    const span = tracer.startSpan(String(facts.operation ?? facts.statement ?? kind), { kind: SPAN_KINDS[kind], attributes: { ...facts } })
    return (outcome, more) => {
      if (more) span.setAttributes(more)
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
