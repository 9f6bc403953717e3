export interface StreamEvent {
  readonly event: string
  readonly data: string
}

/** Parses server-sent events. Comments, which keep the connection open, are skipped. */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent, void, undefined> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      text += decoder.decode(value, { stream: true })
      const blocks = text.split(/\r?\n\r?\n/)
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const event = parseEvent(block)
        if (event) yield event
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function parseEvent(block: string): StreamEvent | undefined {
  const fields = { event: 'message', data: [] as string[] }
  for (const line of block.split(/\r?\n/)) {
    const [, name, value = ''] = /^(event|data):? ?(.*)$/.exec(line) ?? []
    if (name === 'event') fields.event = value
    if (name === 'data') fields.data.push(value)
  }
  return fields.event === 'message' && fields.data.length === 0 ? undefined : { event: fields.event, data: fields.data.join('\n') }
}
