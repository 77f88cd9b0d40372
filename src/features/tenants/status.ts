import { AppError } from '../../errors.ts'

/** The life of a tenant: PENDING → TRIAL → ACTIVE ⇄ SUSPENDED → CANCELLED → DELETING → DELETED (its id stays taken). */
export type TenantStatus = 'PENDING' | 'TRIAL' | 'ACTIVE' | 'SUSPENDED' | 'CANCELLED' | 'DELETING' | 'DELETED'

interface StatusOfTenant {
  status: string
  status_set_by: string
  trial_ends_at: Date | null
}

/**
 * Lets a tenant that may use the API pass.
 * @throws AppError 402 `trial_expired`, `payment_required`; 403 `tenant_pending`, `tenant_suspended`,
 *   `tenant_cancelled`
 */
export function refuseBlocked(tenant: StatusOfTenant, now: Date): void {
  switch (tenant.status as TenantStatus) {
    case 'ACTIVE':
      return
    case 'TRIAL':
      if (tenant.trial_ends_at && tenant.trial_ends_at > now) return
      throw new AppError('trial_expired')
    case 'PENDING':
      throw new AppError('tenant_pending')
    case 'SUSPENDED':
      throw new AppError(tenant.status_set_by === 'operator' ? 'tenant_suspended' : 'payment_required')
    default:
      throw new AppError('tenant_cancelled')
  }
}
