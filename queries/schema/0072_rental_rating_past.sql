-- answers: Earlier states of ratings of rental buildings that a later import reported anew.
-- grain: one row per rating and import that replaced it
create table rental_rating_past as
select *, cast(null as timestamp) as replaced_at, cast(null as bigint) as replaced_by
from rental_rating
where false;
