-- answers: How many places are hot: the same square again and again.
-- title.zh: 热点位置
-- title.en: Hot places
-- kind: count
-- unit: places
-- direction: -1
-- definition.zh: 期末前窗口（设置 hot_days，默认 30 天）内，诉求达到规定件数（设置 hot_cases，默认 5）的方格数（设置 hot_metres，默认 100 米）；分母为所看的全部诉求。
-- definition.en: Squares (setting hot_metres, usually 100 m) with at least so many petitions (hot_cases, usually 5) in the window before the end of the period (hot_days, usually 30); shown of all petitions looked at.
-- source.zh: 城市管理部门规则，热点/重复：同一地点一月内3次或5次
-- source: rules of city management offices, hot and repeated matters: same place 3 or 5 times in a month
-- caveat.zh: 仅限有坐标的诉求；跨界方格可能计入两格；下方为热点方格内的诉求数。
-- caveat: Of petitions with a point; a square that a border cuts may count in two cells. n of the petitions in hot squares is shown below.
-- params: level text, boundaries date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with square as (
    select region_id, square_x, square_y, count(*) as cases
    from petition_recent($level, $boundaries, $until, $now, $categories)
    where square_x is not null
    group by all
)
select
    region_id,
    count(*) filter (cases >= store_number('hot_cases', 5))::double as n,
    sum(cases)::double as of,
    count(*) filter (cases >= store_number('hot_cases', 5))::double as value
from square
group by region_id;
