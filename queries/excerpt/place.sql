-- answers: Leaves of the places only those inside the excerpt, of the registers asked about.
-- params: region_id bigint, kinds text[]
-- returns: none
-- grain: one row per record and period
-- order: none
create table place as
select *
from place
where record_kind in (select unnest($kinds))
  and region_id in (select region_id from inside_region($region_id));
