import { defineError } from '../../core/errors.js'

export const PAGE_DISABLED = defineError('PAGE_DISABLED', {
  status: 404,
  description: 'This server does not serve the page. `PAGES` switches pages on.',
  isOutcome: false,
})
