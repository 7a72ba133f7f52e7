-- answers: How many petitions were received per 1,000 people.
-- title.zh: 千人诉求量
-- title.en: Petitions per 1,000 people
-- kind: rate
-- unit: cases per 1,000 people
-- direction: 0
-- definition.zh: 期内受理诉求数 ÷ 实有人口 × 1000。
-- definition.en: Petitions received in the period ÷ people living in the cell × 1,000.
-- source.zh: 宝安民政报道：按实有人口配置工作力量
-- source: Bao'an civil affairs report: workload and staff by people
-- caveat.zh: 以所示网格最近一次人口数为准；无人口数的网格没有数值。
-- caveat: People as last counted, in the boundaries shown; cells without counted people have no value.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    people.region_id,
    coalesce(received.petitions, 0)::double as n,
    people.people as of,
    1000 * coalesce(received.petitions, 0) / nullif(people.people, 0) as value
from people_in_cell($level, coalesce($boundaries::date, period_last_day($until, $now))) as people
left join received_in_cell($level, $boundaries, $since, $until, $categories) as received
  on received.region_id = people.region_id;
