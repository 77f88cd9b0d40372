// Another program that uses the package: its types are checked and it is run, both as they are here.

import type { CreatedTenant, ListedTenant, TenantReport } from 'tenantry'
import { AppError, createTenant, deleteTenant, getTenantStatus, listTenants, openTenantry } from 'tenantry'

const tenantry = await openTenantry()
try {
  const made: CreatedTenant = await createTenant(tenantry, {
    companyName: 'Imported Company',
    plan: 'pro',
    template: 'metalwork',
    limits: { users: 10, sites: null },
  })
  await createTenant(tenantry, { companyName: 'Another One', adminEmail: 'ada@another.example' })

  const { tenants, next_cursor } = await listTenants(tenantry, { sort: 'name', limit: 1 })
  const more = await listTenants(tenantry, { sort: 'name', limit: 1, cursor: next_cursor ?? '' })
  const listed: ListedTenant[] = [...tenants, ...more.tenants]

  const report: TenantReport = await getTenantStatus(tenantry, made.tenant_id)
  const isKeptApart: boolean = report.isolation.holds
  const materials: number | undefined = report.tables.find(
    ({ table }) => table === 'material_categories',
  )?.rows

  // Where types were lost, these would be right.
  // @ts-expect-error no such member
  void report.isolation.nonsense
  // @ts-expect-error no such member
  void listed[0]?.nonsense
  // @ts-expect-error no such member
  void made.owner.nonsense

  const certificate = await deleteTenant(tenantry, made.tenant_id, { reason: 'Only a test' })
  // @ts-expect-error no such member
  void certificate.tables[0]?.nonsense

  const codes: string[] = []
  const attempts = [
    () => getTenantStatus(tenantry, 'nobody'),
    () => deleteTenant(tenantry, made.tenant_id, { reason: 'Once more' }),
    () => createTenant(tenantry, { companyName: 'No such plan', plan: 'gold' }),
    // @ts-expect-error a name is required
    () => createTenant(tenantry, { plan: 'pro' }),
  ]
  for (const attempt of attempts) {
    await attempt().catch((error: unknown) => {
      if (error instanceof AppError) codes.push(error.code)
    })
  }
  process.stdout.write(JSON.stringify({ made, listed, report, isKeptApart, materials, certificate, codes }))
} finally {
  await tenantry.close()
}
