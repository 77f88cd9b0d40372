import type { Holder } from '../../support/openapi/fuzz-operation.ts'
import type { FindLeaks } from './canaries.ts'
import type { Party } from './stage.ts'

/**
 * Reads what was logged since it was last asked: a line of a tenant tells nothing of the other, one of nobody of neither,
 * and one of a third company, which either may have founded, not of both.
 */
export function createLogReader(
  lines: readonly string[],
  { own, other }: Record<Holder, Party>,
  findLeaks: Record<Holder, FindLeaks>,
): () => string[] {
  let read = 0
  return () => {
    const fresh = lines.slice(read)
    read += fresh.length
    return fresh.flatMap((line) => {
      const { tenant_id } = JSON.parse(line)
      const [ofOther, ofOwn] = [findLeaks.own(line), findLeaks.other(line)]
      const leaks =
        tenant_id === own.member.tenantId
          ? ofOther
          : tenant_id === other.member.tenantId
            ? ofOwn
            : tenant_id === undefined || (ofOther.length > 0 && ofOwn.length > 0)
              ? [...ofOther, ...ofOwn]
              : []
      return leaks.map((leak) => `a log line of ${tenant_id ?? 'nobody'} ${leak}`)
    })
  }
}
