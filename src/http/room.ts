/** Room in memory that many share. */
export interface Room {
  /**
   * Holds so many bytes in all for somebody, in place of what they held before. When it gets too much for all, the group
   * that holds most gives way, the largest of it first: however many somebody comes as, and however little each of them
   * takes, they keep out nobody who holds less than all of them together. It may be the holder themselves.
   * @param giveWay lets go of it, at once; without it they keep it
   * @param group whom they belong to, such as a tenant; without it they are one of their own
   */
  hold(holder: object, bytes: number, giveWay?: () => void, group?: unknown): void
  letGo(holder: object): void
}

interface Holding {
  bytes: number
  giveWay: (() => void) | undefined
  group: unknown
}

/** What somebody holds up to here does not count: so many connections there are not that it mattered. */
const smallBytes = 16 * 1024

/** Makes room for so many bytes of all together, and some that each may hold beside. */
export function createRoom(mostBytes: number): Room {
  const holdings = new Map<object, Holding>()
  const groups = new Map<unknown, number>()
  let total = 0

  function count({ bytes, group }: Holding, sign: 1 | -1): void {
    total += sign * bytes
    const ofGroup = (groups.get(group) ?? 0) + sign * bytes
    if (ofGroup > 0) groups.set(group, ofGroup)
    else groups.delete(group)
  }
  function letGo(holder: object): void {
    const holding = holdings.get(holder)
    if (holding) count(holding, -1)
    holdings.delete(holder)
  }
  /** Of those who can give way the first that holds most, in the group that does. */
  function findLargest(): object | undefined {
    let largest: object | undefined
    let most = 0
    let mostOfGroup = 0
    for (const [holder, { bytes, giveWay, group }] of holdings) {
      if (!giveWay) continue
      const ofGroup = groups.get(group) ?? 0
      if (ofGroup < mostOfGroup || (ofGroup === mostOfGroup && bytes <= most)) continue
      largest = holder
      most = bytes
      mostOfGroup = ofGroup
    }
    return largest
  }

  return {
    hold(holder, bytes, giveWay, group = holder) {
      letGo(holder)
      if (bytes <= smallBytes) return
      const holding = { bytes, giveWay, group }
      holdings.set(holder, holding)
      count(holding, 1)
      while (total > mostBytes) {
        const largest = findLargest()
        if (!largest) return
        const { giveWay } = holdings.get(largest) ?? {}
        letGo(largest)
        giveWay?.()
      }
    },
    letGo,
  }
}
