-- answers: How many working days disposal took on average.
-- title.zh: 平均处置工作日
-- title.en: Mean disposal time in working days
-- kind: mean
-- unit: working days
-- direction: -1
-- definition.zh: 期内处置诉求从立案次日到处置当日的工作日数的平均值，按法定节假日与调休计。
-- definition.en: Mean number of days worked from the day after filing to the day of disposal; public holidays and make-up workdays counted.
-- source.zh: 坪山民生诉求：平均处置3.3天，未说明口径；此处为处置时间减立案时间
-- source: Pingshan one-stop intake: disposed in 3.3 days on average, without saying in which days; mean of disposed − filed
-- caveat.zh: 处置早于立案的不计；超出已知节假日年份的无数值。
-- caveat: Petitions disposed of before they were filed are left out. Days past the last year whose holidays are known have no value.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    sum(working_days) as n,
    count(working_days)::double as of,
    avg(working_days) as value
from petition_disposed($level, $boundaries, $since, $until, $now, $categories)
group by region_id;
