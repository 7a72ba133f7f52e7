-- answers: Earlier states of petitions that a later import reported anew.
-- grain: one row per petition and import that replaced it
create table petition_past as
select *, cast(null as timestamp) as replaced_at, cast(null as bigint) as replaced_by
from petition
where false;
