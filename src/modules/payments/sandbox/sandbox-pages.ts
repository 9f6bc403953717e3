import { escapeXml } from '../../../platform/pdf/syntax.js'

interface CheckoutView {
  key: string
  planName: string
  price: string
  interval: 'MONTH' | 'YEAR'
  declined: boolean
  paid: boolean
  successUrl: string
}

const STYLE = `
  :root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --desk: #eef1f4; --blue: #0b5cad }
  @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --paper: #1d2126; --desk: #121519; --blue: #5aa2e8 } }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--desk); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
  main { background: var(--paper); padding: 2rem 2.5rem; border-radius: 12px; width: min(22rem, 80vw); box-shadow: 0 2px 18px #0002 }
  h1 { font-size: 1.2rem; margin: 0 0 1rem } .price { font-size: 2rem; font-weight: 700; margin: 0 }
  form { display: grid; gap: .6rem; margin-top: 1.5rem }
  button { font: inherit; padding: .7rem; border-radius: 8px; border: 1px solid #8888; background: none; color: inherit; cursor: pointer }
  button.pay { background: var(--blue); border-color: var(--blue); color: #fff; font-weight: 600 }
  .note { font-size: .85rem; opacity: .75 } [role=alert] { color: #c62828; font-weight: 600 }`

/** The checkout page. The pages of the sandbox have no scripts; their buttons submit forms. */
export function checkoutPage({ key: id, planName, price, interval, declined, paid, successUrl }: CheckoutView): string {
  const action = `/sandbox/checkout/${escapeXml(id)}`
  const buttons = paid
    ? `<p role="status">This has been paid. <a href="${escapeXml(successUrl)}">Continue</a></p>`
    : `<form method="post"><button class="pay" formaction="${action}/pay">Pay ${escapeXml(price)}</button>
<button formaction="${action}/pay-once">Pay with a card that fails at renewal</button>
<button formaction="${action}/decline">Decline the card</button><button formaction="${action}/cancel">Cancel</button></form>`
  const notice = declined ? '<p role="alert">The card was declined. Nothing was charged.</p>' : ''
  const period = interval === 'YEAR' ? 'per year' : 'per month'
  return renderPage(
    `Checkout: ${planName}`,
    `<h1>${escapeXml(planName)}</h1><p class="price">${escapeXml(price)}</p><p class="note">${period}</p>${notice}${buttons}`,
  )
}

interface PortalView {
  key: string
  planName: string
  isDue: boolean
}

export function portalPage({ key, planName, isDue }: PortalView): string {
  const action = `/sandbox/portal/${escapeXml(key)}/pay`
  const form = `<p role="alert">The last payment failed.</p><form method="post"><button class="pay" formaction="${action}">Pay with another card</button></form>`
  return renderPage(`Subscription: ${planName}`, `<h1>${escapeXml(planName)}</h1>${isDue ? form : '<p role="status">Nothing is due.</p>'}`)
}

function renderPage(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title><style>${STYLE}</style></head><body><main>
${content}
<p class="note">This is a sandbox: no money is charged.</p></main></body></html>`
}
