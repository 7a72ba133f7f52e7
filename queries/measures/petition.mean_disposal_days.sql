-- answers: How long disposal took on average.
-- title.zh: 平均处置时长
-- title.en: Mean disposal time
-- kind: mean
-- unit: days
-- direction: -1
-- definition.zh: 期内处置诉求从立案到处置的日历天数的平均值。
-- definition.en: Mean number of calendar days from filing to disposal, of the petitions disposed of in the period.
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
    sum(calendar_days) as n,
    count(calendar_days)::double as of,
    avg(calendar_days) as value
from petition_disposed($level, $boundaries, $since, $until, $now, $categories)
group by region_id;
