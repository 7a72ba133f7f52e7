-- answers: Which petitions lie in no region on a day, and why.
-- params: on_day date
-- returns: record_no varchar, reason varchar, region_name varchar, parent_name varchar
-- grain: one row per record
-- order: record_no
select petition.petition_no as record_no, place.reason, petition.region_name, petition.parent_name
from place
join petition on petition.petition_id = place.record_id
where place.record_kind = 'petition'
  and place.placed_by = 'none'
  and place.valid_from <= $on_day
  and $on_day < place.valid_to
order by record_no;
