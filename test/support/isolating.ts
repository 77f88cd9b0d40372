import { ownDatabase } from '../../src/db/doctor-rules.ts'

/** What the policy of every tenant-owned table says, for `create policy` and `alter policy`. */
export const isolating = `using ${ownDatabase.policy} with check ${ownDatabase.policy_for_writing}`
