/** The pattern of ILIKE for texts that contain this one: what it holds stands for itself. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}
