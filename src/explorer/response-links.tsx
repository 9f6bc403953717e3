import { useGraphiQL } from '@graphiql/react'
import { findLinks } from './links'

/** Shows the URLs of the response as links, because the editor shows them as wrapped text. */
export function ResponseLinks() {
  const response = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.response ?? '')
  const links = findLinks(response)
  if (links.length === 0) return null
  return (
    <nav className="response-links" aria-label="Links in the response">
      <ul>
        {links.map(({ label, url }) => (
          <li key={url.href}>
            {/* Our own pages keep the session of this browser tab for the way back; other sites get no access to it. */}
            <a href={url.href} target="_blank" rel={url.origin === location.origin ? 'opener' : 'noopener noreferrer'}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
