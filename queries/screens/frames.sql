-- answers: How many petitions each cell of a level received in every step of a period: the frames of a film.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[], step text
-- returns: region_id bigint, step_from date, n bigint
-- grain: one row per cell and step with petitions
-- order: step_from, region_id
select region_id, date_trunc($step, received_at)::date as step_from, count(*) as n
from petition_received($level, $boundaries, $since, $until, $categories)
where received_at < $now::timestamp
group by region_id, step_from
order by step_from, region_id;
