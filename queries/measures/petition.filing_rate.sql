-- answers: Which share of the petitions accepted was filed.
-- title.zh: 立案率
-- title.en: Filing rate
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 立案数 ÷ 受理数：期内受理的诉求中，截至期末已立案的占比。
-- definition.en: Filed ÷ accepted: of the petitions accepted in the period, the share filed by its end.
-- source.zh: 郑州城市管理周报 2019-04-08：51,229/51,571 = 99.34 %
-- source: Zhengzhou weekly report 2019-04-08, 51,229/51,571 = 99.34 %
-- caveat.zh: 按受理日统计；无受理时间的不计。
-- caveat: Counted by the day of acceptance; petitions without that moment are not in it.
-- sums_over: petition
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*) filter (filed_at < period_end($until, $now))::double as n,
    count(*)::double as of,
    count(*) filter (filed_at < period_end($until, $now)) / nullif(count(*), 0)::double as value
from petition_in_cell($level, $boundaries)
where accepted_at >= coalesce($since::date, date '1900-01-01')
  and accepted_at < period_end($until, $now)
  and in_categories(category, $categories)
group by region_id;
