-- answers: How many rental buildings were downgraded.
-- title.zh: 等级下调
-- title.en: Downgraded buildings
-- kind: count
-- unit: buildings
-- direction: -1
-- protects: nothing
-- definition.zh: 期末风险等级高于期初的出租屋栋数；分母为期初、期末均有等级的栋数。
-- definition.en: Rental buildings whose rating at the end of the period means more risk than when it began; shown of those rated at both ends.
-- source.zh: 龙岗区出租屋分类分级方案（征求意见稿），2019年8月：等级动态调整
-- source: Longgang draft plan 2019-08: ratings are dynamic
-- caveat.zh: 期内一升一降相抵的变动不计。
-- caveat: Two changes that cancel out within the period are not seen.
-- params: level text, boundaries date, since date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*) filter (rank_after > rank_before)::double as n,
    (count(*) filter (rank_after is not null and rank_before is not null))::double as of,
    count(*) filter (rank_after > rank_before)::double as value
from rating_change($level, $boundaries, $since, $until, $now)
group by region_id;
