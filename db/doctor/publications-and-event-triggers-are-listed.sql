-- warning: A publication sends the rows of every tenant to wherever somebody subscribes, and an event trigger runs in the
-- migrations of the owner.
select format('there is the publication %I', p.pubname) as problem
from pg_publication p where p.pubname <> all (:'publications'::text[])
union all
select format('there is the event trigger %I', e.evtname)
from pg_event_trigger e where e.evtname <> all (:'event_triggers'::text[])
