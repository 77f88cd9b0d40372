import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Store } from './store.ts'

/**
 * The pages that Stripe hosts, for a person who follows their links: Checkout with one button that pays, and the portal
 * with a word.
 * @returns whether the path is such a page's
 */
export function answerHostedPage(
  parts: { store: Store; completeCheckout: (sessionId: string) => void },
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
): boolean {
  const [, page, id = ''] = /^\/(c\/pay|p\/session)\/(\w+)$/.exec(path) ?? []
  if (!page) return false
  const session = parts.store.sessions.get(id)
  if (page === 'p/session') show(res, 200, 'This is where the billing portal of Stripe would be.')
  else if (session?.status !== 'open') show(res, 404, 'There is nothing to pay here (any more).')
  else if (req.method === 'POST') {
    parts.completeCheckout(id)
    const target = (session.success_url ?? '/').replaceAll('{CHECKOUT_SESSION_ID}', id)
    res.writeHead(303, { Location: target }).end()
  } else {
    const amount = `${((session.amount_total ?? 0) / 100).toFixed(2)} ${session.currency?.toUpperCase()}`
    show(res, 200, `<form method="post"><button>Pay ${amount} with a card of the test mode</button></form>`)
  }
  return true
}

function show(res: ServerResponse, status: number, content: string): void {
  res.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' })
  res.end(`<!doctype html><title>Stripe's double</title>${content}`)
}
