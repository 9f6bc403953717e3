/** Loads the server, which takes longer than everything else before the start of one. */
export async function loadServer() {
  const { warmUp, startServer } = await import('./server.js')
  warmUp()
  return startServer
}
