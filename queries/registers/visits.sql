-- answers: The household visits (联户走访).
-- grain: one row per visit
create or replace table visit as
select
    record_id,
    fields->>'visit_no' as visit_no,
    fields->>'target_no' as target_no,
    (fields->>'visited_on')::date as visited_on,
    fields->>'team' as team,
    (fields->>'findings')::integer as findings
from record
where record_kind = 'visit';
