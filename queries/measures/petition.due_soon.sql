-- answers: How many open petitions fall due soon.
-- title.zh: 即将到期
-- title.en: Due soon
-- kind: count
-- unit: cases
-- direction: -1
-- definition.zh: 期末在办且在规定小时内（设置 due_soon_hours，默认 24）到期的诉求；分母为期末在办诉求。
-- definition.en: Open petitions that fall due within so many hours (setting due_soon_hours, usually 24) after the end of the period; shown of all open ones.
-- source.zh: 政府热线与城市管理部门的办理时限
-- source: time limits of hotlines and city management offices
-- caveat.zh: 不含已超期的；按自然小时计。
-- caveat: What is overdue already is not in it. Hours by the clock.
-- sums_over: petition
-- beside: of - n - petition.overdue.n
-- params: level text, boundaries date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with open_petition as (
    select
        region_id,
        due_at >= period_end($until, $now)
            and due_at < period_end($until, $now) + to_seconds(3600 * store_number('due_soon_hours', 24)) as is_soon
    from petition_in_cell($level, $boundaries)
    where is_open(status, received_at, closed_at, period_end($until, $now))
      and in_categories(category, $categories)
)
select
    region_id,
    count(*) filter (is_soon)::double as n,
    count(*)::double as of,
    count(*) filter (is_soon)::double as value
from open_petition
group by region_id;
