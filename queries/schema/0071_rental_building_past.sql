-- answers: Earlier states of rental buildings that a later import reported anew.
-- grain: one row per rental building and import that replaced it
create table rental_building_past as
select *, cast(null as timestamp) as replaced_at, cast(null as bigint) as replaced_by
from rental_building
where false;
