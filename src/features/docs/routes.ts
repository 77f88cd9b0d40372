import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { route } from '../../http/route.ts'
import { loadAssets, loadDescription, renderPage } from './assets.ts'

const fewMinutes = 'public, max-age=300'
const forGood = 'public, max-age=31536000, immutable'
const html = 'text/html; charset=utf-8'

/** The API's description, and a page that shows it and tries it out, from this server alone. */
export const docsRoutes = [
  route({
    scope: 'open',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description: OpenAPI 3.1',
    response: { status: 200, contentType: 'application/json' },
    handler: async () => ({
      status: 200,
      text: await loadDescription(),
      headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': fewMinutes },
    }),
  }),

  route({
    scope: 'open',
    method: 'GET',
    path: '/docs',
    summary: 'A page that shows this description and tries it out',
    response: { status: 200, contentType: 'text/html' },
    handler: async () => ({
      status: 200,
      text: renderPage(await loadAssets()),
      headers: { 'Content-Type': html, 'Cache-Control': fewMinutes },
    }),
  }),

  route({
    scope: 'open',
    method: 'GET',
    path: '/docs/:file',
    summary: 'What the page loads',
    params: z.strictObject({ file: z.string() }),
    query: z.strictObject({ v: z.string().optional() }),
    response: { status: 200, contentType: ['text/css', 'text/javascript'] },
    errors: ['not_found'],
    handler: async ({ input }) => {
      const asset = (await loadAssets()).get(input.params.file)
      if (!asset) throw new AppError('not_found')
      // Under another name it may hold something else tomorrow.
      const cacheControl = input.query.v === asset.digest ? forGood : fewMinutes
      const headers = { 'Content-Type': asset.contentType, 'Cache-Control': cacheControl }
      return { status: 200, text: asset.text, headers }
    },
  }),
]
