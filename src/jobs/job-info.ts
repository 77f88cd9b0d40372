/** What a task learns of its job. */
export interface JobInfo {
  tenantId: string | null
  /** For the mail that the job sends: the same at each attempt. */
  messageId: string
}
