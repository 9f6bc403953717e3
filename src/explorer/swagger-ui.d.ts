declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  /**
   * The options of https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration/ that this page
   * uses.
   */
  interface Options {
    dom_id: string
    url: string
    layout: 'BaseLayout'
    deepLinking: boolean
    defaultModelsExpandDepth: number
    tryItOutEnabled: boolean
    validatorUrl: null
  }
  export default function SwaggerUIBundle(options: Options): void
}
