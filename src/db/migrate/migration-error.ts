/** The database cannot be brought to where this program needs it. The message says what to do about it. */
export class MigrationError extends Error {
  override name = 'MigrationError'
}
