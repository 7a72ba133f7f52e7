-- answers: Within how many days nine in ten closed petitions were closed.
-- title.zh: 办理时长 P90
-- title.en: 90th percentile of handling time
-- kind: percentile
-- unit: days
-- direction: -1
-- definition.zh: 期内办结诉求中，九成在此日历天数内办结。
-- definition.en: Nine in ten of the petitions closed in the period took at most this many calendar days.
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
    quantile_cont(handling_days, 0.9) as value
from petition_handled($level, $boundaries, $since, $until, $now, $categories)
group by region_id;
