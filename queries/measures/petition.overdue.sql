-- answers: How many open petitions were past their due time at the end of the period.
-- title.zh: 超期未办结
-- title.en: Overdue petitions
-- kind: count
-- unit: cases
-- direction: -1
-- definition.zh: 期末仍未办结且已超过办理期限的诉求件数；占比的分母为期末在办诉求。
-- definition.en: Open petitions whose due time had passed at the end of the period; shown of all open ones.
-- source.zh: 数字城管指标：超期未处置
-- source: indicators of digital city management: overdue petitions
-- caveat.zh: 没有办理期限的不会超期。
-- caveat: A petition without a due time is never overdue.
-- sums_over: petition
-- params: level text, boundaries date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with open_petition as (
    select region_id, due_at < period_end($until, $now) as is_late
    from petition_in_cell($level, $boundaries)
    where is_open(status, received_at, closed_at, period_end($until, $now))
      and in_categories(category, $categories)
)
select
    region_id,
    count(*) filter (is_late)::double as n,
    count(*)::double as of,
    count(*) filter (is_late)::double as value
from open_petition
group by region_id;
