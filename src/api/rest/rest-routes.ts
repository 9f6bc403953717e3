import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { type DomainError, NOT_FOUND } from '../../core/errors.js'
import type { Services } from '../../modules/services.js'
import { assertBillingEnabled, FEATURE_DISABLED } from '../../modules/settings/index.js'
import { sendError } from '../http/error-handler.js'
import { eclipanelRoutes } from './eclipanel/routes.js'
import { escluseRoutes } from './escluse/routes.js'
import type { ExecuteOperation } from './execute-operation.js'
import { validatorCompiler } from './request-validation.js'
import { serializerCompiler } from './response-serialization.js'

interface RestRouteOptions {
  run: ExecuteOperation
  services: Pick<Services, 'flag'>
  /** The currency of plans that are created through EcliPanel's API. */
  currency: string
}

interface RestApi {
  prefix: string
  routes: FastifyPluginAsync
  errorBody(error: DomainError): object
  notFoundBody(request: FastifyRequest): object
}

/** The REST APIs that Quittance replaces, under their original paths. */
export async function restRoutes(app: FastifyInstance, { run, services, currency }: RestRouteOptions): Promise<void> {
  const eclipanel: RestApi = {
    prefix: '/api',
    routes: eclipanelRoutes(run, currency) as FastifyPluginAsync,
    errorBody: formatEclipanelError,
    notFoundBody: () => ({ error: 'not_found' }),
  }
  const escluse: RestApi = {
    prefix: '/api/v1',
    routes: escluseRoutes(run) as FastifyPluginAsync,
    errorBody: formatEscluseError,
    notFoundBody: ({ method, url }) => ({
      error: { code: NOT_FOUND.code, message: `Route not found: ${method} ${url.split('?')[0]}` },
    }),
  }
  for (const { prefix, routes, errorBody, notFoundBody } of [eclipanel, escluse]) {
    const scope: FastifyPluginAsync = async (scope) => {
      scope.setErrorHandler((error, request, reply) => sendError(request, reply, error, errorBody))
      scope.setNotFoundHandler((request, reply) => reply.code(404).send(notFoundBody(request)))
      scope.setValidatorCompiler(validatorCompiler)
      scope.setSerializerCompiler(serializerCompiler)
      acceptEmptyJson(scope)
      // Clients hide billing when they receive this response, so it does not depend on the principal.
      scope.addHook('onRequest', async () => assertBillingEnabled(services.flag))
      await scope.register(routes)
    }
    await app.register(scope, { prefix })
  }
}

/**
 * Parses an empty JSON body as an empty object, because HTTP clients send the content type JSON also without
 * a body.
 */
function acceptEmptyJson(scope: FastifyInstance): void {
  const parseJson = scope.getDefaultJsonParser('error', 'error')
  scope.removeContentTypeParser('application/json')
  scope.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.trim() === '') done(null, {})
    else parseJson(request, body, done)
  })
}

function formatEclipanelError({ code, message }: DomainError): object {
  return { error: code === FEATURE_DISABLED.code ? 'feature_disabled' : message }
}

function formatEscluseError({ code, message, details }: DomainError): object {
  return { error: { code, message, ...('upgradeUrl' in details && { upgrade_url: details.upgradeUrl }) } }
}
