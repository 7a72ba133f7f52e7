-- answers: The topics brought before the block councils (街区理事会议题), and what became of each.
-- grain: one row per topic
create or replace table topic as
select
    record_id,
    fields->>'topic_no' as topic_no,
    fields->>'meeting_no' as meeting_no,
    fields->>'category' as category,
    (fields->>'raised_on')::date as raised_on,
    fields->>'status' as status,              -- handled | tracking
    (fields->>'handled_on')::date as handled_on,
    fields->>'owner' as owner
from record
where record_kind = 'topic';
