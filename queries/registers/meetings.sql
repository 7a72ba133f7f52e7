-- answers: The meetings of the block councils (街区理事会).
-- grain: one row per meeting
create or replace table meeting as
select
    record_id,
    fields->>'meeting_no' as meeting_no,
    (fields->>'held_on')::date as held_on,
    fields->>'kind' as kind,
    (fields->>'attendees')::integer as attendees
from record
where record_kind = 'meeting';
