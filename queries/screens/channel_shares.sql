-- answers: How many petitions were received in a cell through each channel.
-- params: region_id bigint, level text, boundaries date, since date, until date, categories text[]
-- returns: channel varchar, n bigint
-- grain: one row per channel; null for petitions without one
-- order: n desc, channel
select channel, count(*) as n
from petition_received($level, $boundaries, $since, $until, $categories)
where region_id = $region_id
group by channel
order by n desc, channel;
