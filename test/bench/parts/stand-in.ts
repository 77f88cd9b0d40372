import type { Subject } from '../subject.ts'

/**
 * The server at `url` as a load asks for it: one that was not forked, or that is loaded twice at once, which a subject
 * cannot be since it answers one question at a time. The processor time that the load is told is 0.
 */
export function standInFor(url: string): Subject {
  return {
    ask: async <Answer>(question: unknown) => (question === 'url' ? url : { user: 0, system: 0 }) as Answer,
    stop: async () => undefined,
  }
}
