-- answers: How many priority targets were not visited in the last whole month of the period.
-- title.zh: 逾期未走访
-- title.en: Missed priority visits
-- kind: count
-- unit: targets
-- direction: -1
-- definition.zh: 期内最后一个完整自然月中，应走访而未走访的重点关心对象数；分母为当月应走访对象。
-- definition.en: Priority targets due a visit in the last whole month of the period who had none; shown of all due that month.
-- source.zh: 观澜街道2022年报道：联户走访，重点对象每月一次
-- source: Guanlan report 2022, household visits: key targets monthly
-- caveat.zh: 当月新纳入的对象尚未到期。
-- caveat: A target taken on during that month is not yet due.
-- params: level text, boundaries date, since date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with asked as materialized (
    select region_id, month, visited
    from visit_due($level, $boundaries, $since, $until, $now)
),

due as (
    select region_id, month, visited
    from asked
    where month = (select max(month) from asked)
)
select
    region_id,
    count(*) filter (not visited)::double as n,
    count(*)::double as of,
    count(*) filter (not visited)::double as value
from due
group by region_id;
