-- answers: How risky the rated rental buildings are on average.
-- title.zh: 出租屋风险指数
-- title.en: Rental risk index
-- kind: mean
-- unit: weight per rated building
-- direction: -1
-- protects: nothing
-- definition.zh: 各等级权重之和 ÷ 已定级栋数；权重见分级方案。
-- definition.en: Sum of the weights of the rating levels ÷ rated buildings; the weights are in the rating scheme.
-- source.zh: 龙岗区出租屋分类分级方案（征求意见稿），2019年8月：等级；权重随分级方案载入
-- source: Longgang draft plan 2019-08: rating levels; weights as data
-- caveat.zh: 未定级的不计入，请与未定级占比一并看。
-- caveat: Read it beside the unrated share: unrated buildings are not in it.
-- params: level text, boundaries date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    sum(rating_weight)::double as n,
    count(*)::double as of,
    sum(rating_weight)::double / nullif(count(*), 0) as value
from building_in_cell($level, coalesce($boundaries::date, period_last_day($until, $now)), period_end($until, $now))
where rating_weight is not null
group by region_id;
