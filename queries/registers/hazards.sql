-- answers: The hazards found in rental buildings and when each was rectified.
-- grain: one row per hazard
create or replace table hazard as
select
    record_id,
    fields->>'hazard_no' as hazard_no,
    fields->>'building_no' as building_no,
    fields->>'kind' as kind,
    (fields->>'found_on')::date as found_on,
    (fields->>'rectified_on')::date as rectified_on
from record
where record_kind = 'hazard';
