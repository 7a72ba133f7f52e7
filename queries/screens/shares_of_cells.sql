-- answers: How many petitions of each category or by each channel were received in every cell of all levels, in the
-- boundaries of their time.
-- params: field text, since date, until date
-- returns: region_id bigint, part varchar, n bigint
-- grain: one row per cell and part; null for petitions without one
-- order: region_id, part
select region_id, case $field when 'channel' then channel else category end as part, count(*) as n
from petition_received('every', null, $since, $until, []::text[])
group by region_id, part
order by region_id, part;
