-- answers: Where the given records say they are; a building code stands for the building's point.
-- params: record_kind text, records table
-- returns: record_id bigint, x double, y double, point_by varchar, region_code varchar, region_name varchar, parent_name varchar, place_reason varchar
-- grain: one row per record
-- order: record_id
select record_id, x, y, point_by, region_code, region_name, parent_name, place_reason
from record_site()
where record_kind = $record_kind
  and record_id in (select record_id from records)
order by record_id;
