import { createServer } from 'node:http'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { answerQuestions, readOptions } from '../subject.ts'
import { openTokenCheck, Refusal } from '../token-check.ts'

// PostGraphile as its manual sets it up, on Node's own server, behind the token check that all have.
/** @type {import('../postgraphile.ts').PostgraphileOptions} */
const { databaseUrl, keys } = readOptions()
const authenticate = openTokenCheck({ keys, remembers: true })
/** Who asks, by their request. */
const askers = new WeakMap()

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  // Without it a list can be ordered only by columns that an index begins with, and those begin with the tenant.
  disablePlugins: ['PgIndexBehaviorsPlugin'],
  pgServices: [
    makePgService({ connectionString: databaseUrl, schemas: ['public'], poolConfig: { max: 16 } }),
  ],
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false },
  grafast: {
    explain: false,
    context: ({ node }) => ({ pgSettings: { 'app.tenant_id': askers.get(node.req).tenantId } }),
  },
})
const server = createServer()
const serv = instance.createServ(grafserv)
const handle = serv.createHandler()
await serv.ready()
server.on('request', async (request, response) => {
  try {
    askers.set(request, await authenticate(request))
  } catch (error) {
    response.writeHead(error instanceof Refusal ? error.status : 500).end(error.message)
    return
  }
  handle(request, response)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
const url = `http://127.0.0.1:${server.address().port}`
answerQuestions(async (question) => (question === 'url' ? url : process.cpuUsage()))
