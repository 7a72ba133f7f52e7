-- answers: Earlier states of responsibilities that a later import reported anew.
-- grain: one row per responsibility and import that replaced it
create table responsibility_past as
select *, cast(null as timestamp) as replaced_at, cast(null as bigint) as replaced_by
from responsibility
where false;
