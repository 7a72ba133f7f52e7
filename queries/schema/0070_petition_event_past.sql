-- answers: Earlier states of events of petitions that a later import reported anew.
-- grain: one row per event and import that replaced it
create table petition_event_past as
select *, cast(null as timestamp) as replaced_at, cast(null as bigint) as replaced_by
from petition_event
where false;
