import { z } from 'zod'
import { httpUrl, MIN_SHARED_SECRET_LENGTH, type Variables } from './schemas.js'

export const MONITORING_VARIABLES = {
  METRICS_TOKEN: {
    schema: z.string().min(MIN_SHARED_SECRET_LENGTH, `must be at least ${MIN_SHARED_SECRET_LENGTH} characters long`).optional(),
    about: `Token for \`/metrics\`, sent as \`Authorization: Bearer …\`, at least ${MIN_SHARED_SECRET_LENGTH} characters.`,
    unset: 'in demo mode `/metrics` is open to this machine, otherwise closed',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: httpUrl.optional(),
    about: 'Endpoint for OpenTelemetry traces over OTLP/HTTP. The other `OTEL_…` variables apply as well.',
    unset: 'no traces',
  },
} satisfies Variables
