import type Stripe from 'stripe'
import { z } from 'zod'
import { makeTestClock } from '../catalogue-shapes.ts'
import { endpoint } from '../endpoint.ts'
import { emit } from '../events.ts'
import { live } from '../life.ts'
import { pageOf } from '../lists.ts'
import { expandable, flag, integer, pagingByTime, text } from '../params.ts'
import { addPeriods } from '../periods.ts'
import { refuse, refuseMissing } from '../refusal.ts'
import { copyOf, daySeconds, type Store } from '../store.ts'

/** How long Stripe lists an event. */
const eventSeconds = 30 * daySeconds

function getTestClock(store: Store, id: string): Stripe.TestHelpers.TestClock {
  return store.testClocks.get(id) ?? refuseMissing('test clock', id)
}

/** A clock goes only forward, and at most two intervals of its shortest subscription at once. */
function checkAdvance(store: Store, clock: Stripe.TestHelpers.TestClock, to: number): void {
  if (to <= clock.frozen_time) {
    refuse('The requested frozen time must be later than the current one.', { param: 'frozen_time' })
  }
  for (const { test_clock, ended_at, items } of store.subscriptions.values()) {
    if (test_clock !== clock.id || ended_at !== null) continue
    if (to > addPeriods(clock.frozen_time, items.data[0]?.price, 2)) {
      refuse('Test clocks can be advanced by at most two intervals of the shortest subscription.', {
        param: 'frozen_time',
      })
    }
  }
}

export const clockAndEventEndpoints = [
  endpoint(
    'POST /v1/test_helpers/test_clocks',
    z.strictObject({ ...expandable, frozen_time: integer, name: text.optional() }),
    ({ store, params: { frozen_time, name = null } }) => {
      const given = { id: store.newId('clock'), created: store.now(), frozenTime: frozen_time, name }
      const clock: Stripe.TestHelpers.TestClock = makeTestClock(given)
      store.testClocks.set(clock.id, clock)
      emit(store, clock.created, { type: 'test_helpers.test_clock.created', data: { object: clock } })
      return clock
    },
  ),
  endpoint('GET /v1/test_helpers/test_clocks/{id}', z.strictObject(expandable), ({ store, id }) =>
    getTestClock(store, id),
  ),
  endpoint(
    'POST /v1/test_helpers/test_clocks/{id}/advance',
    z.strictObject({ ...expandable, frozen_time: integer }),
    ({ store, id, params: { frozen_time } }) => {
      const clock = getTestClock(store, id)
      checkAdvance(store, clock, frozen_time)
      clock.status = 'advancing'
      clock.status_details = { advancing: { target_frozen_time: frozen_time } }
      // Stripe answers before it is there: whoever asks again finds it ready.
      const answer = copyOf(clock)
      emit(store, store.now(), { type: 'test_helpers.test_clock.advancing', data: { object: clock } })
      live(store, id, frozen_time)
      Object.assign(clock, { frozen_time, status: 'ready', status_details: {} })
      emit(store, store.now(), { type: 'test_helpers.test_clock.ready', data: { object: clock } })
      return answer
    },
  ),
  endpoint(
    'GET /v1/events',
    z.strictObject({
      ...pagingByTime,
      type: text.optional(),
      types: z.array(text).max(20).optional(),
      delivery_success: flag.optional(),
    } satisfies Partial<Record<keyof Stripe.EventListParams, z.ZodType>>),
    ({ store, params: { type, types, delivery_success, ...page } }) => {
      if (type && types) {
        refuse('You may only specify one of these parameters: type, types.', { param: 'type' })
      }
      const isMeant = (each: Stripe.Event) =>
        !type || (type.endsWith('*') ? each.type.startsWith(type.slice(0, -1)) : each.type === type)
      const found = store.events.filter(
        (each) =>
          each.created > store.now() - eventSeconds &&
          isMeant(each) &&
          (types?.includes(each.type) ?? true) &&
          (delivery_success ?? store.delivered.has(each.id)) === store.delivered.has(each.id),
      )
      return pageOf(found, '/v1/events', page)
    },
  ),
  endpoint(
    'GET /v1/events/{id}',
    z.strictObject(expandable),
    ({ store, id }) => store.events.find((each) => each.id === id) ?? refuseMissing('event', id),
  ),
]
