-- answers: How many matters are hot: the same thing in the same place again and again.
-- title.zh: 热点事项
-- title.en: Hot matters
-- kind: count
-- unit: matters
-- direction: -1
-- definition.zh: 期末前窗口内，同一方格同一小类的诉求达到规定件数（设置 hot_matter_cases，默认 3）的事项数；分母为所看的全部诉求。
-- definition.en: Minor classes in one square with at least so many petitions (setting hot_matter_cases, usually 3) in the window before the end of the period; shown of all petitions looked at.
-- source.zh: 城市管理部门规则，热点/重复：同一地点一月内3次或5次
-- source: rules of city management offices, hot and repeated matters: same place 3 or 5 times in a month
-- caveat.zh: 仅限有坐标和小类的诉求。
-- caveat: Of petitions with a point and a minor class.
-- params: level text, boundaries date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with matter as (
    select region_id, square_x, square_y, category, subcategory, count(*) as cases
    from petition_recent($level, $boundaries, $until, $now, $categories)
    where square_x is not null
      and subcategory is not null
    group by all
)
select
    region_id,
    count(*) filter (cases >= store_number('hot_matter_cases', 3))::double as n,
    sum(cases)::double as of,
    count(*) filter (cases >= store_number('hot_matter_cases', 3))::double as value
from matter
group by region_id;
