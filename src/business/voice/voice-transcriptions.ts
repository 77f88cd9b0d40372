import { z } from 'zod'
import { nameSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'

/** What was said, as text. */
export const voiceTranscriptions = defineResource({
  table: 'voice_transcriptions',
  noun: 'voice_transcription',
  label: { en: 'Transcriptions', fr: 'Transcriptions' },
  module: 'voice',
  fields: {
    title: nameSchema,
    source: z.enum(['upload', 'call', 'meeting', 'dictation']).default('upload'),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'should be the code of a language such as fr or fr-CH')
      .nullish(),
    duration_seconds: z.int().min(0).max(604_800).nullish(),
    status: z.enum(['pending', 'processing', 'done', 'failed']).default('pending'),
    text: z.string().max(500_000).nullish(),
  },
  sortable: ['title'],
  filterable: ['source', 'language', 'status'],
  searchable: ['title'],
  large: ['text'],
  deletion: 'hard',
  example: {
    title: 'Call with the town hall',
    source: 'call',
    language: 'fr',
    duration_seconds: 312,
    status: 'done',
    text: 'Bonjour, il nous faut un toit.',
  },
})
