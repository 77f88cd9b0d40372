/** The roles of a member, from low to high. */
export const roles = ['viewer', 'member', 'manager', 'admin', 'owner'] as const
export type Role = (typeof roles)[number]

/**
 * Who may do what: each act and the lowest role that may do it; every role above may, too. Each endpoint inside a
 * tenant names one of these, and its guard and its tests read this table.
 */
export const lowestRole = {
  'account:self': 'viewer',
  'records:read': 'viewer',
  'records:write': 'member',
  'records:delete': 'manager',
  'workflows:run': 'manager',
  'users:manage': 'admin',
  'invitations:manage': 'admin',
  'api_keys:manage': 'admin',
  'settings:manage': 'admin',
  'audit:read': 'admin',
  'billing:manage': 'owner',
  'ownership:transfer': 'owner',
  'tenant:close': 'owner',
} as const satisfies Record<string, Role>
export type Permission = keyof typeof lowestRole

/** Whether a role is as high as the one that is asked for. */
export function isAtLeast(role: Role, lowest: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(lowest)
}

/** Whether a role allows an act. */
export function isAllowed(role: Role, permission: Permission): boolean {
  return isAtLeast(role, lowestRole[permission])
}

/** The lower of two roles. */
export function lowerOf(one: Role, other: Role): Role {
  return isAtLeast(one, other) ? other : one
}
