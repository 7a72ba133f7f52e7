-- answers: The topics before the block councils of a cell that are still tracked, the oldest first.
-- params: region_id bigint, level text, now timestamp
-- returns: topic_no varchar, category varchar, owner varchar, raised_on date, days_open bigint
-- grain: one row per topic that is not handled
-- order: raised_on, topic_no
select topic_no, category, owner, raised_on, date_diff('day', raised_on, $now::date) as days_open
from topic
join record_in_cell('topic', $level) as cell using (record_id)
where cell.region_id = $region_id
  and in_force(cell.valid_from, cell.valid_to, $now::date)
  and status = 'tracking'
  and raised_on <= $now::date
order by raised_on, topic_no;
