-- answers: How many petitions were received per square kilometre.
-- title.zh: 每平方公里诉求量
-- title.en: Petitions per km²
-- kind: rate
-- unit: cases per km2
-- direction: 0
-- definition.zh: 期内受理诉求数 ÷ 面积（平方公里）。
-- definition.en: Petitions received in the period ÷ area of the cell in km².
-- source.zh: 观澜街道2022年报道：面积与人口
-- source: Guanlan report 2022: area and people of the street
-- caveat.zh: 按全部面积计，含水面与山地。
-- caveat: Whole land of the cell, water and hills included.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with land as (
    select region_id, sum(area_m2) as area_m2
    from leaf_in_cell($level, coalesce($boundaries::date, period_last_day($until, $now)))
    group by region_id
)
select
    land.region_id,
    coalesce(received.petitions, 0)::double as n,
    land.area_m2 / 1e6 as of,
    coalesce(received.petitions, 0) / nullif(land.area_m2 / 1e6, 0) as value
from land
left join received_in_cell($level, $boundaries, $since, $until, $categories) as received
  on received.region_id = land.region_id;
