import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { DomainError } from '../../core/errors.js'
import { requireBilling, type Services } from '../../services.js'
import { sendError } from '../errors.js'
import { eclipanelRoutes } from './eclipanel-routes.js'
import { escluseRoutes } from './escluse-routes.js'
import type { RunDocument } from './run-document.js'

interface RestRoutes {
  run: RunDocument
  services: Pick<Services, 'flag'>
}

/** The REST APIs that Quittance replaces, under the addresses that their clients know. */
export async function restRoutes(app: FastifyInstance, { run, services }: RestRoutes): Promise<void> {
  const api = (routes: FastifyPluginAsync, errorBody: (error: DomainError) => object): FastifyPluginAsync => {
    return async (scope) => {
      scope.setErrorHandler((error, request, reply) => sendError(request, reply, error, errorBody))
      scope.setNotFoundHandler((_request, reply) => reply.code(404).send(errorBody(new DomainError('BAD_REQUEST', 'not_found'))))
      // Off means off, also for who is not signed in: clients hide billing by this answer.
      scope.addHook('onRequest', async () => requireBilling(services.flag))
      await scope.register(routes)
    }
  }
  await app.register(api(eclipanelRoutes(run) as FastifyPluginAsync, eclipanelError), { prefix: '/api' })
  await app.register(api(escluseRoutes(run) as FastifyPluginAsync, escluseError), { prefix: '/api/v1' })
}

function eclipanelError({ code, message }: DomainError): object {
  return { error: code === 'FEATURE_DISABLED' ? 'feature_disabled' : message }
}

function escluseError({ code, message, details }: DomainError): object {
  return { error: { code, message, ...('upgradeUrl' in details && { upgrade_url: details.upgradeUrl }) } }
}
