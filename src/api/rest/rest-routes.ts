import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { DomainError } from '../../core/errors.js'
import { assertBillingEnabled, type Services } from '../../modules/services.js'
import { sendError } from '../http/error-handler.js'
import { eclipanelRoutes } from './eclipanel/routes.js'
import { escluseRoutes } from './escluse/routes.js'
import type { ExecuteOperation } from './execute-operation.js'
import { validatorCompiler } from './request-validation.js'

interface RestRouteOptions {
  run: ExecuteOperation
  services: Pick<Services, 'flag'>
  /** Of plans that are created through the API of EcliPanel. */
  currency: string
}

interface Api {
  prefix: string
  routes: FastifyPluginAsync
  errorBody(error: DomainError): object
  notFoundBody(request: FastifyRequest): object
}

/** The REST APIs that Quittance replaces, under the addresses that their clients know. */
export async function restRoutes(app: FastifyInstance, { run, services, currency }: RestRouteOptions): Promise<void> {
  const eclipanel: Api = {
    prefix: '/api',
    routes: eclipanelRoutes(run, currency) as FastifyPluginAsync,
    errorBody: eclipanelError,
    notFoundBody: () => ({ error: 'not_found' }),
  }
  const escluse: Api = {
    prefix: '/api/v1',
    routes: escluseRoutes(run) as FastifyPluginAsync,
    errorBody: escluseError,
    notFoundBody: ({ method, url }) => ({
      error: { code: 'NOT_FOUND', message: `There is no route ${method} ${url.split('?')[0]}` },
    }),
  }
  for (const { prefix, routes, errorBody, notFoundBody } of [eclipanel, escluse]) {
    const scope: FastifyPluginAsync = async (scope) => {
      scope.setErrorHandler((error, request, reply) => sendError(request, reply, error, errorBody))
      scope.setNotFoundHandler((request, reply) => reply.code(404).send(notFoundBody(request)))
      scope.setValidatorCompiler(validatorCompiler)
      acceptEmptyJson(scope)
      // Clients hide billing by this response, so it does not depend on who is signed in.
      scope.addHook('onRequest', async () => assertBillingEnabled(services.flag))
      await scope.register(routes)
    }
    await app.register(scope, { prefix })
  }
}

/** HTTP clients send the content type JSON by default, also without a body: that is an empty object. */
function acceptEmptyJson(scope: FastifyInstance): void {
  const parseJson = scope.getDefaultJsonParser('error', 'error')
  scope.removeContentTypeParser('application/json')
  scope.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.trim() === '') done(null, {})
    else parseJson(request, body, done)
  })
}

function eclipanelError({ code, message }: DomainError): object {
  return { error: code === 'FEATURE_DISABLED' ? 'feature_disabled' : message }
}

function escluseError({ code, message, details }: DomainError): object {
  return { error: { code, message, ...('upgradeUrl' in details && { upgrade_url: details.upgradeUrl }) } }
}
