-- answers: How many petitions of each category were received in a cell.
-- params: region_id bigint, level text, boundaries date, since date, until date, categories text[]
-- returns: category varchar, n bigint
-- grain: one row per category; null for petitions without one
-- order: n desc, category
select category, count(*) as n
from petition_received($level, $boundaries, $since, $until, $categories)
where region_id = $region_id
group by category
order by n desc, category;
