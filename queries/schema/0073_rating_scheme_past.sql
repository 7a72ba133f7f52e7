-- answers: Earlier states of rating levels that a later import reported anew.
-- grain: one row per rating level and import that replaced it
create table rating_scheme_past as
select *, cast(null as timestamp) as replaced_at, cast(null as bigint) as replaced_by
from rating_scheme
where false;
