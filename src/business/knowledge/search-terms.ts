import { sql } from 'kysely'
import type { TenantQueryBuilder, Tx } from '../../db/database.ts'
import { firstWordOf, type Word, wordsOf } from './words.ts'

/** What of a document can be found, beside its content. */
interface Findable {
  id: string
  title: string
  language: string | null
}

/** About as many as a novel of that length has; it bounds what a text of nothing but different words costs. */
const mostWords = 10_000

/** The words of a content that a document is found by. */
export function wordsOfContent(content: string): Promise<Word[]> {
  return wordsOf(content, mostWords)
}

/** PostgreSQL's stemmer of a document's language; it has nothing for words that say nothing, such as "the". */
const stemmers = sql`(values ('en', 'pg_catalog.english_stem'::regdictionary), ('fr', 'pg_catalog.french_stem'))`

/**
 * Makes a document found by the words of its title and content, and by no others. Each word is there by its stem and by
 * that of its plain spelling: "fermées" has the stem of "fermé", and is found by "fermees" all the same. Only what differs
 * from before is written. NOT IN is a hash here, however few rows PostgreSQL expects; of a join it makes nested loops then.
 */
export async function indexTerms(tx: Tx, document: Findable, inContent: readonly Word[], now: Date) {
  const { id, title, language } = document
  const inTitle = (await wordsOf(title)).map((word) => ({ ...word, count: 0, firstAt: null }))
  const words = [...inTitle, ...inContent]
  await sql`
    with wanted as materialized (
      select s.language collate "C" as language, l.term collate "C" as term, min(w.first_at) as first_at,
        (case when bool_or(w.count = 0) then 4 else 0 end
          + case when sum(w.count) > 0 then 1 + ln(sum(w.count)) else 0 end)::real as weight
      from unnest(
        ${words.map(({ word }) => word)}::text[], ${words.map(({ plain }) => plain)}::text[],
        ${words.map(({ count }) => count)}::integer[], ${words.map(({ firstAt }) => firstAt)}::integer[]
      ) w (word, plain, count, first_at)
      join ${stemmers} s (language, stemmer) on s.language = ${language}
      cross join lateral (select (ts_lexize(s.stemmer, w.word))[1] union select (ts_lexize(s.stemmer, w.plain))[1]) l (term)
      where l.term <> ''
      group by s.language, l.term
    ), gone as (
      delete from knowledge_terms t
      where t.document_id = ${id} and (t.language, t.term) not in (select w.language, w.term from wanted w)
    )
    insert into knowledge_terms (id, document_id, language, term, weight, first_at, created_at, updated_at)
    select gen_random_uuid(), ${id}, w.language, w.term, w.weight, w.first_at, ${now}, ${now}
    from wanted w
    where (w.language, w.term, w.weight, coalesce(w.first_at, -1)) not in (
      select t.language, t.term, t.weight, coalesce(t.first_at, -1) from knowledge_terms t where t.document_id = ${id}
    )
    on conflict (tenant_id, language, term, document_id) do update
    set weight = excluded.weight, first_at = excluded.first_at, updated_at = excluded.updated_at`.execute(tx)
}

/** From so many bytes on, the last word of a search may be the beginning of one: three letters of ours, or one of Tokyo's. */
const shortestBeginning = 3

/** Characters of the content that an excerpt shows before the word that was found, and from there on. */
const [excerptBefore, excerptBehind] = [80, 200]

interface Found {
  document_id: string
  rank: number
  first_at: number | null
}

/**
 * The documents that have every one of these words, those first of which the words say most, as a query of rows for toFound.
 * Words count by their stems, in each document by those of its language, where those that say nothing are left out; the
 * last one may be a beginning. Each is looked up in the index by tenant, language and term.
 */
export function searchQuery(queries: TenantQueryBuilder | Tx, words: readonly Word[], limit: number) {
  const found = sql<Found>`(
    with asked as materialized (
      select s.language collate "C" as language, w.place, l.term collate "C" as term,
        w.place = ${words.length}::integer and octet_length(l.term) >= ${shortestBeginning}::integer as is_beginning
      from ${stemmers} s (language, stemmer)
      cross join unnest(${words.map(({ word }) => word)}::text[], ${words.map(({ plain }) => plain)}::text[])
        with ordinality w (word, plain, place)
      cross join lateral (select ts_lexize(s.stemmer, w.word) as word, ts_lexize(s.stemmer, w.plain) as plain) stems
      cross join lateral (select stems.word[1] union select stems.plain[1]) l (term)
      where cardinality(stems.word) > 0 and cardinality(stems.plain) > 0
    ), wanted as materialized (
      select a.language, count(distinct a.place) as places from asked a group by a.language
    )
    select f.document_id, round(sum(f.weight)::numeric, 3)::float8 as rank, min(f.first_at) as first_at
    from (
      select a.language, a.place, t.document_id, max(t.weight) as weight, min(t.first_at) as first_at
      from asked a
      cross join lateral (
        select t.document_id, t.weight, t.first_at from knowledge_terms t
        where t.language = a.language and t.term = a.term
        union all
        -- Behind the term comes what begins with it, in the order of bytes up to the last character there is.
        select t.document_id, t.weight / 2, t.first_at from knowledge_terms t
        where a.is_beginning and t.language = a.language and t.term > a.term and t.term < a.term || chr(1114111)
      ) t
      group by a.language, a.place, t.document_id
    ) f
    join wanted on wanted.language = f.language
    group by f.language, f.document_id, wanted.places
    having count(*) = wanted.places
    order by rank desc, f.document_id desc
    limit ${sql.lit(limit)}
  )`.as('found')
  return (queries as TenantQueryBuilder)
    .selectFrom(found)
    .innerJoin('knowledge_documents as d', 'd.id', 'found.document_id')
    .select(['d.id', 'd.title', 'd.language', 'd.tags', 'd.source_url', 'd.created_at', 'd.updated_at'])
    .select(['found.rank', 'found.first_at'])
    .select(
      sql<string>`substr(d.content, greatest(coalesce(found.first_at, 0) - ${sql.lit(excerptBefore)}, 0) + 1,
        ${sql.lit(excerptBefore + excerptBehind)})`.as('part'),
    )
    .orderBy('found.rank', 'desc')
    .orderBy('d.id', 'desc')
}

/**
 * One row of searchQuery with its excerpt: the first of the words in the content, and what stands around it. In three
 * texts, since the content may hold any mark that could be put around the word, and HTML.
 */
export function toFound<Row extends { first_at: number | null; part: string }>({
  first_at,
  part,
  ...row
}: Row) {
  const characters = [...part]
  const at = Math.min(first_at ?? 0, excerptBefore)
  const before = characters.slice(0, at).join('')
  const rest = characters.slice(at).join('')
  const match = first_at === null ? '' : firstWordOf(rest)
  return { ...row, excerpt: { before, match, after: rest.slice(match.length) } }
}
