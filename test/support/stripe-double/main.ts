import { startStripeDouble } from './index.ts'

// Plays Stripe for a development server: prints the settings that lead one here, and sends it each event.
const base = new URL(process.env.STRIPE_API_BASE ?? 'http://127.0.0.1:12111')
const webhookUrl = process.env.STRIPE_WEBHOOK_URL ?? 'http://127.0.0.1:3000/webhooks/stripe'
const double = await startStripeDouble({ port: Number(base.port), webhookUrl, anyTestKey: true })
double.useClock({ now: () => new Date() })
const ticking = setInterval(double.tick, 1000)

const lines = Object.entries({ ...double.env, STRIPE_API_BASE: double.url }).map((pair) => pair.join('='))
process.stdout.write(`${lines.join('\n')}\n`)

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    clearInterval(ticking)
    await double.stop()
  })
}
