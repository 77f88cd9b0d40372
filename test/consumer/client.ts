// Another program that calls the API by the typed client: its types are checked and it is run, both as they are here.

import { type components, createClient } from 'tenantry/client'

type Client = components['schemas']['Client']

const [baseUrl = '', email = '', password = ''] = process.argv.slice(2)

const { data: login } = await createClient({ baseUrl }).POST('/auth/login', { body: { email, password } })
if (!login || !('access_token' in login)) throw new Error('nobody could sign in')
const api = createClient({ baseUrl, token: login.access_token, tenantId: login.tenant_id })

const made = await api.POST('/v1/clients', {
  params: { header: { 'Idempotency-Key': 'the first client' } },
  body: { name: 'Wile E. Coyote', email: 'wile@desert.example' },
})
if (!made.data) throw new Error(made.error.detail)
const { id }: Client = made.data

// What has a default may be left out of a body.
const deal = await api.POST('/v1/deals', { body: { title: 'Roof of the town hall', client_id: id } })
const stage = deal.data?.stage

const path = { id }
const changed = await api.PATCH('/v1/clients/{id}', {
  params: { path, header: { 'If-Match': made.response.headers.get('etag') ?? '' } },
  body: { phone: '+33 1 23 45 67 89' },
})
const lost = await api.PATCH('/v1/clients/{id}', {
  params: { path, header: { 'If-Match': '"long ago"' } },
  body: { phone: null },
})
const { data: list } = await api.GET('/v1/clients', {
  params: { query: { q: 'coyote', sort: 'name', limit: 5 } },
})
const { error: unknown } = await api.GET('/v1/clients/{id}', {
  params: { path: { id: '00000000-0000-7000-8000-000000000000' } },
})
const { error: nobody } = await createClient({ baseUrl }).GET('/v1/me')
const { error: badly } = await api.POST('/v1/clients', { body: { name: '' } })

/** What is wrong is found before anything runs. */
async function wrong() {
  // @ts-expect-error no such path
  await api.GET('/v1/nothing')
  // @ts-expect-error no such method there
  await api.PUT('/v1/clients')
  // @ts-expect-error a name is required
  await api.POST('/v1/clients', { body: { email: 'wile@desert.example' } })
  // @ts-expect-error of another type
  await api.POST('/v1/clients', { body: { name: 7 } })
  // @ts-expect-error the id is required
  await api.GET('/v1/clients/{id}')
  // @ts-expect-error it cannot be sorted by that
  await api.GET('/v1/clients', { params: { query: { sort: 'phone' } } })
  // @ts-expect-error no such member
  void list?.data[0]?.nonsense
  // @ts-expect-error an instant is text in JSON
  void list?.data[0]?.created_at.getTime()
  // @ts-expect-error no route answers that code
  void (unknown?.code === 'nonsense')
  // @ts-expect-error only this code has it
  void badly?.plans
  const { error } = await api.POST('/v1/deals', { body: { title: 'Another roof' } })
  if (error?.code === 'module_not_in_plan') void error.plans.join(', ')
}
void wrong

process.stdout.write(
  JSON.stringify({
    made: made.data,
    stage,
    phone: changed.data?.phone,
    names: list?.data.map(({ name }) => name),
    codes: [lost.error?.code, unknown?.code, nobody?.code, badly?.code],
    paths: badly?.errors?.map((one) => one.path),
  }),
)
