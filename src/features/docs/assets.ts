import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A file that the documentation's page loads. */
export interface Asset {
  text: string
  contentType: string
  /** Changes with what is in it, so that it may be kept for as long as anybody likes. */
  digest: string
}

const css = 'text/css; charset=utf-8'
const javascript = 'text/javascript; charset=utf-8'

const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

/**
 * Starts Swagger UI. Whoever has named a tenant once, or signed in to one, need not name it for each operation again.
 */
const start = `'use strict'
let lastTenant

function tenantOf(authorization) {
  try {
    const payload = authorization.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')
    return JSON.parse(atob(payload)).tenant_id
  } catch {
    return undefined
  }
}

function nameTenant(request) {
  const { headers } = request
  if (headers['X-Tenant-ID']) lastTenant = headers['X-Tenant-ID']
  else if (headers.Authorization) {
    const tenant = tenantOf(headers.Authorization) ?? lastTenant
    if (tenant) headers['X-Tenant-ID'] = tenant
  }
  return request
}

SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  filter: true,
  validatorUrl: null,
  requestInterceptor: nameTenant,
})
`

let loading: Promise<ReadonlyMap<string, Asset>> | undefined

/** What the page loads, by name: read once. */
export function loadAssets(): Promise<ReadonlyMap<string, Asset>> {
  loading ??= readAssets()
  return loading
}

let description: Promise<string> | undefined

/** The OpenAPI document that `npm run generate` makes of the routes: read once, since making it takes long. */
export function loadDescription(): Promise<string> {
  description ??= readFile(new URL('../../openapi.json', import.meta.url), 'utf8')
  return description
}

async function readAssets(): Promise<ReadonlyMap<string, Asset>> {
  const read = (name: string) => readFile(join(swaggerUi, name), 'utf8')
  const [styles, bundle] = await Promise.all([read('swagger-ui.css'), read('swagger-ui-bundle.js')])
  return new Map([
    ['swagger-ui.css', asset(styles, css)],
    ['swagger-ui-bundle.js', asset(bundle, javascript)],
    ['start.js', asset(start, javascript)],
  ])
}

function asset(text: string, contentType: string): Asset {
  return { text, contentType, digest: createHash('sha256').update(text).digest('base64url').slice(0, 16) }
}

/** The page itself: nothing in it is inline, so that it needs no exception from the policy that helmet sets. */
export function renderPage(assets: ReadonlyMap<string, Asset>): string {
  const address = (name: string) => `/docs/${name}?v=${assets.get(name)?.digest}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tenantry API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${address('swagger-ui.css')}">
</head>
<body>
<div id="swagger-ui"></div>
<script src="${address('swagger-ui-bundle.js')}"></script>
<script src="${address('start.js')}"></script>
</body>
</html>
`
}
