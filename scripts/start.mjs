// npm start: builds what is missing or stale, which on most days is nothing, and becomes the server.
await import('./build.mjs')
await import('../dist/bundle/main.js')
