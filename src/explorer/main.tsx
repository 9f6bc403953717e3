import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from '@graphiql/plugin-doc-explorer'
import { GraphiQLProvider } from '@graphiql/react'
import { GraphiQL, GraphiQLInterface } from 'graphiql'
import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import { useMemo } from 'react'
import { createRoot } from 'react-dom/client'
import './explorer.css'
import { createFetcher } from './requests'
import { ResponseLinks } from './response-links'
import { Session } from './session'
import { STEPS } from './steps'
import { loadTokens, reloadOnNewToken } from './tokens'
import { Tour } from './tour'

/** Without it, GraphiQL would store tabs and their headers for later visits. */
const NO_STORAGE = {
  length: 0,
  getItem: () => null,
  setItem: () => undefined,
  removeItem: () => undefined,
  clear: () => undefined,
}

const TABS = STEPS.map(({ query }) => ({ query, variables: '', headers: '' }))

function ExplorerApp({ session }: { session: Session }) {
  const fetcher = useMemo(
    () => createFetcher({ token: () => session.token, onResult: (operation, result) => session.recordResponse(operation, result) }),
    [session],
  )
  return (
    <GraphiQLProvider
      fetcher={fetcher}
      storage={NO_STORAGE}
      defaultTabs={TABS}
      shouldPersistHeaders={false}
      plugins={[DOC_EXPLORER_PLUGIN]}
      referencePlugin={DOC_EXPLORER_PLUGIN}
    >
      <DocExplorerStore>
        <Tour session={session}>
          <GraphiQLInterface defaultEditorToolsVisibility="variables" forcedTheme="system" showPersistHeadersSettings={false}>
            <GraphiQL.Footer>
              <ResponseLinks />
            </GraphiQL.Footer>
          </GraphiQLInterface>
        </Tour>
      </DocExplorerStore>
    </GraphiQLProvider>
  )
}

const container = document.getElementById('explorer')
if (container) {
  const session = new Session(await loadTokens())
  reloadOnNewToken()
  createRoot(container).render(<ExplorerApp session={session} />)
}
