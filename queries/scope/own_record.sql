-- answers: Which records belong to a scope: those that lie in one of its regions today, and the petitions that lay
-- in one on the day they were received, so that the figures of then come out as they were.
-- params: on_day date
-- returns: none
-- grain: one row per record
-- order: none
create or replace temp table own_record as
with today as (
    select region_id
    from own_region
    where valid_from <= $on_day and $on_day < valid_to
)
select place.record_kind, place.record_id
from g.place as place
where place.region_id in (select region_id from today)
  and place.valid_from <= $on_day and $on_day < place.valid_to
union
select 'petition', petition_id
from g.petition
where settled_in in (select region_id from today)
union
select 'petition', petition.petition_id
from g.petition as petition
join own_region
  on own_region.region_id = petition.settled_in
 and own_region.valid_from <= petition.received_at::date
 and petition.received_at::date < own_region.valid_to
union
select 'petition', petition.petition_id
from g.petition as petition
join g.place as place
  on place.record_kind = 'petition'
 and place.record_id = petition.petition_id
 and place.valid_from <= petition.received_at::date
 and petition.received_at::date < place.valid_to
join own_region
  on own_region.region_id = place.region_id
 and own_region.valid_from <= petition.received_at::date
 and petition.received_at::date < own_region.valid_to;
