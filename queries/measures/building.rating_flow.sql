-- answers: How rental buildings moved between rating levels.
-- title.zh: 等级变动
-- title.en: Moves between ratings
-- kind: count
-- unit: buildings
-- direction: 0
-- protects: nothing
-- split: rating before > rating after
-- definition.zh: 期初等级到期末等级的出租屋栋数，含未变动的；分母为全部出租屋。
-- definition.en: Rental buildings by their rating when the period began and at its end, unmoved ones included; shown of all rental buildings.
-- source.zh: 龙岗区出租屋分类分级方案（征求意见稿），2019年8月：等级动态调整
-- source: Longgang draft plan 2019-08: ratings are dynamic
-- caveat.zh: 按期末所在网格统计；首次定级的由“未定级”转入。
-- caveat: In the cells of the end of the period. A building rated for the first time comes from unrated.
-- params: level text, boundaries date, since date, until date, now timestamp
-- returns: region_id bigint, split varchar, n double, of double, value double
-- grain: one row per cell with buildings and step
-- order: none
with moved as (
    select region_id, was, is_now, count(*)::double as buildings
    from rating_change($level, $boundaries, $since, $until, $now)
    group by all
)
select region_id, was || '>' || is_now as split, buildings as n, sum(buildings) over (partition by region_id) as of, buildings as value
from moved;
