import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Platform, startPlatform } from '../support/platform.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
)
if (!executablePath) {
  process.stdout.write('SKIPPED: the documentation in a browser, for want of Chromium in /usr/bin\n')
}

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

test('the page loads styles and scripts of this server alone, with nothing inline, as helmet’s policy wants it', async () => {
  const { status, headers, body } = await platform.get('/docs')
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(headers.get('content-security-policy')).toContain("script-src 'self';")
  expect(body).not.toMatch(/<style|<script>|\son\w+=|style=/)
  const loaded = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address)
  const files = loaded.filter((address) => !address.startsWith('data:'))
  expect(files).toHaveLength(3)
  for (const file of files) {
    expect(file).toMatch(/^\/docs\/[a-z-]+\.(css|js)\?v=[\w-]{16}$/)
    const answer = await platform.get(file)
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ])
    const type = file.includes('.css') ? 'text/css' : 'text/javascript'
    expect(answer.headers.get('content-type')).toBe(`${type}; charset=utf-8`)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.body.length).toBeGreaterThan(500)
  }
})

test.each(['', '?v=', '?v=of-another-build1'])(
  'a file is kept for minutes only unless its address names what is in it: %s',
  async (query) => {
    const { status, headers } = await platform.get(`/docs/start.js${query}`)
    expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=300'])
  },
)

test.each(['package.json', 'index.html', '..%2fpackage.json', 'swagger-ui.css.map'])(
  'nothing else of the package is served: %s',
  async (file) => {
    const { status, body } = await platform.get(`/docs/${file}`)
    expect([status, body.code]).toEqual([404, 'not_found'])
  },
)

test.skipIf(!executablePath)(
  'in a browser it lists every operation and tries one out, without an error and without asking anybody else',
  async () => {
    const { acme } = platform
    await acme.post('/v1/clients', { name: 'Road Runner' })
    const browser = await chromium.launch({
      ...(executablePath && { executablePath }),
      args: ['--no-sandbox'],
    })
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 1800 } })
      page.setDefaultTimeout(30_000)
      const complaints: string[] = []
      const asked: URL[] = []
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`))
      page.on('request', (request) => asked.push(new URL(request.url())))
      await page.exposeFunction('complain', (text: string) => complaints.push(text))
      await page.addInitScript(
        "addEventListener('securitypolicyviolation', (event) => complain(event.violatedDirective + event.blockedURI))",
      )

      await page.goto(`${platform.url}/docs`)
      // The list holds what is in view.
      const { paths } = (await platform.get('/openapi.json')).body
      const operations = Object.values<object>(paths).flatMap((path) => Object.values(path))
      const missing = new Set(
        operations.map(({ tags, operationId }) => `operations-${tags[0]}-${operationId}`),
      )
      const shown = page.locator('.opblock')
      await shown.first().waitFor()
      for (let steps = 0; missing.size > 0 && steps < operations.length; steps++) {
        for (const id of await shown.evaluateAll((all) => all.map((each) => each.id))) missing.delete(id)
        await page.mouse.wheel(0, 1000)
      }
      expect([...missing]).toEqual([])
      await page.keyboard.press('Home')

      await page.locator('button.authorize').click()
      await page.getByLabel('Value').first().fill(acme.token)
      await page.locator('.modal-btn.authorize').first().click()
      await page.locator('.btn-done').first().click()
      await page.getByPlaceholder('Filter').fill('/v1/clients')
      const operation = page.locator('#operations-crm-getClients')
      await operation.click()
      await operation.getByRole('button', { name: 'Try it out' }).click()
      await operation.getByRole('button', { name: 'Execute' }).click()
      const answer = operation.locator('.live-responses-table')
      await answer.waitFor()
      expect(await answer.locator('.response-col_status').last().textContent()).toContain('200')
      expect(await answer.locator('.response-col_description').last().textContent()).toContain('Road Runner')

      expect(complaints).toEqual([])
      const elsewhere = asked.filter(
        ({ origin, protocol }) => protocol !== 'data:' && origin !== platform.url,
      )
      expect(elsewhere).toEqual([])
    } finally {
      await browser.close()
    }
  },
  90_000,
)
