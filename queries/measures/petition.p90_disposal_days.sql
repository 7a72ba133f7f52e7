-- answers: Within how many days nine in ten disposals were done.
-- title.zh: 处置时长 P90
-- title.en: 90th percentile of disposal time
-- kind: percentile
-- unit: days
-- direction: -1
-- definition.zh: 期内处置的诉求中，九成在此日历天数内处置完毕。
-- definition.en: Nine in ten of the petitions disposed of in the period took at most this many calendar days from filing.
-- source.zh: 坪山民生诉求：平均处置3.3天，未说明口径；此处为处置时间减立案时间
-- source: Pingshan one-stop intake: disposed in 3.3 days on average, without saying in which days; mean of disposed − filed
-- caveat.zh: 处置早于立案的不计。
-- caveat: Petitions disposed of before they were filed are left out.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*)::double as n,
    count(calendar_days)::double as of,
    quantile_cont(calendar_days, 0.9) as value
from petition_disposed($level, $boundaries, $since, $until, $now, $categories)
group by region_id;
