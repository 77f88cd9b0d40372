/** The roles of a member, from low to high. */
export const roles = ['viewer', 'member', 'manager', 'admin', 'owner'] as const
export type Role = (typeof roles)[number]

/** Whether a role is as high as the one that is asked for. */
export function isAtLeast(role: Role, lowest: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(lowest)
}
