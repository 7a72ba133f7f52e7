-- answers: Earlier states of records that a later import reported anew.
-- grain: one row per record and import that replaced it
create table record_past as
select *, cast(null as timestamp) as replaced_at, cast(null as bigint) as replaced_by
from record
where false;
