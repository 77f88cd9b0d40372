import { z } from 'zod'
import type { Tx } from '../../db/database.ts'
import { instantSchema, nameSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'
import { createRoutes } from '../resource-routes.ts'
import { explainCheck, type Row, type RunInsert } from '../rows.ts'

/** In a year that a cursor of a list can tell. */
const moment = instantSchema.refine(
  (instant) => instant.getUTCFullYear() >= 1 && instant.getUTCFullYear() <= 9999,
  'should be in the years 1 to 9999',
)

const standard = defineResource({
  table: 'voice_conversations',
  noun: 'voice_conversation',
  label: { en: 'Conversations', fr: 'Conversations' },
  module: 'voice',
  fields: {
    subject: nameSchema,
    participant: nameSchema.nullish(),
    channel: z.enum(['phone', 'video', 'in_person', 'assistant']).default('phone'),
    started_at: moment,
    ended_at: moment.nullish(),
    summary: z.string().max(20_000).nullish(),
    transcription_id: z.uuid().toLowerCase().nullish(),
  },
  sortable: ['subject', 'started_at'],
  filterable: ['channel', 'transcription_id'],
  searchable: ['subject', 'participant'],
  references: { transcription_id: 'voice_transcriptions' },
  deletion: 'hard',
  example: {
    subject: 'The roof of the town hall',
    participant: 'Wile E. Coyote',
    channel: 'phone',
    started_at: '2026-03-02T09:00:00Z',
    ended_at: '2026-03-02T09:05:12Z',
    summary: 'Wants a roof before the winter.',
  },
})

const explainInstants = <T>(work: Promise<T>) =>
  explainCheck(
    'voice_conversations_ended_behind_start',
    { path: 'body.ended_at', message: 'should not be before started_at' },
    work,
  )

const rules = {
  ...standard,
  create: (tx: Tx, input: Row, now: Date, run?: RunInsert) =>
    explainInstants(standard.create(tx, input, now, run)),
  update: (tx: Tx, id: string, values: Row, now: Date) =>
    explainInstants(standard.update(tx, id, values, now)),
}

/** With whom somebody of a tenant, or its assistant, has talked. */
export const voiceConversations = { ...rules, routes: createRoutes(rules) }
