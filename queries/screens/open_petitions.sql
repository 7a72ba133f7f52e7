-- answers: The open petitions of a cell, the most urgent first. Says where only to a square of 100 m.
-- params: region_id bigint, level text, now timestamp, categories text[]
-- returns: petition_no varchar, category varchar, subcategory varchar, channel varchar, handler varchar, status varchar, received_at timestamp, due_at timestamp, hours_left double, urgency varchar, escalated_to varchar, x double, y double
-- grain: one row per open petition; urgency: overdue | day | three_days | later | no_limit
-- order: due_at nulls last, received_at, petition_no
with own as (
    select
        *,
        date_diff('minute', $now::timestamp, due_at) / 60.0 as hours_left
    from petition_in_cell($level, $now::date)
    where region_id = $region_id
      and is_open(status, received_at, closed_at, $now::timestamp)
      and in_categories(category, $categories)
)
select
    petition_no, category, subcategory, channel, handler, status::varchar as status, received_at, due_at,
    hours_left,
    case
        when due_at is null then 'no_limit'
        when due_at < $now::timestamp then 'overdue'
        when hours_left < 24 then 'day'
        when hours_left < 72 then 'three_days'
        else 'later'
    end as urgency,
    ['block', 'community', 'street', 'district'][course.escalated_to] as escalated_to,
    (floor(x / 100) + 0.5) * 100 as x,
    (floor(y / 100) + 0.5) * 100 as y
from own
left join petition_course as course on course.petition_id = own.petition_id
order by due_at nulls last, received_at, petition_no;
