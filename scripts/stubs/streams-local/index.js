throw new Error('prisma dev is not available here: it needs @prisma/streams-local, which requires Node 22')
