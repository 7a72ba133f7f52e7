-- answers: Earlier states of inspections that a later import reported anew.
-- grain: one row per inspection and import that replaced it
create table inspection_past as
select *, cast(null as timestamp) as replaced_at, cast(null as bigint) as replaced_by
from inspection
where false;
