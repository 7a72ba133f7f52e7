-- answers: How long the typical closed petition took.
-- title.zh: 办理时长中位数
-- title.en: Median handling time
-- kind: median
-- unit: days
-- direction: -1
-- definition.zh: 期内办结诉求从受理到办结的日历天数的中位数。
-- definition.en: Median number of calendar days from receipt to closure, of the petitions closed in the period.
-- source.zh: 坪山民生诉求：办结率与平均办理天数
-- source: Pingshan one-stop intake: share settled and mean days of handling
-- caveat.zh: 办结早于受理的不计，见数据健康。
-- caveat: Petitions closed before they were received are left out; data health lists them.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*)::double as n,
    count(*)::double as of,
    median(handling_days) as value
from petition_handled($level, $boundaries, $since, $until, $now, $categories)
group by region_id;
