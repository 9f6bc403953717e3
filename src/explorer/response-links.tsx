import { useGraphiQL } from '@graphiql/react'
import { findLinks } from './links'

/** The addresses in the answer, to click: in the editor they are text, broken over lines. */
export function ResponseLinks() {
  const response = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.response ?? '')
  const links = findLinks(response)
  if (links.length === 0) return null
  return (
    <nav className="response-links" aria-label="Links in the response">
      <ul>
        {links.map(({ label, url }) => (
          <li key={url.href}>
            {/* A page of ours that leads back here keeps the session of this browser tab; other sites learn nothing of it. */}
            <a href={url.href} target="_blank" rel={url.origin === location.origin ? 'opener' : 'noopener noreferrer'}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
