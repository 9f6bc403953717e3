// What `npm run bench` measures, in the order of docs/performance.md. `npm run bench -- reads writes` measures only these.
//
// A part has a `name`, a `title`, and two functions:
//   run()              starts its own database, servers and peers; returns numbers, which are stored as JSON
//   summarize(result)  returns `goals`: rows of the summary, from atLeast and atMost;
//                      `comparisons`: with peers, from compare; and `text`: its section
import { catalog } from './parts/catalog.mjs'
import { claims } from './parts/claims.mjs'
import { delivery } from './parts/delivery.mjs'
import { documents } from './parts/documents.mjs'
import { jobs } from './parts/jobs.mjs'
import { reads } from './parts/reads.mjs'
import { renewals } from './parts/renewals.mjs'
import { start } from './parts/start.mjs'
import { webhooks } from './parts/webhooks.mjs'
import { workers } from './parts/workers.mjs'
import { writes } from './parts/writes.mjs'

export const PARTS = [catalog, reads, writes, workers, renewals, claims, webhooks, delivery, jobs, documents, start]
