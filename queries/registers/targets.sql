-- answers: Whom the grids visit (联户走访对象): pseudonyms with the tier of care, from when to when.
-- grain: one row per target
create or replace table visit_target as
select
    record_id,
    fields->>'target_no' as target_no,
    fields->>'tier' as tier,                  -- priority | regular
    (fields->>'valid_from')::date as valid_from,
    coalesce((fields->>'valid_to')::date, date '9999-12-31') as valid_to
from record
where record_kind = 'visit_target';
