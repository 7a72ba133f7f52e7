-- answers: How many household visits were made.
-- title.zh: 联户走访
-- title.en: Household visits
-- kind: count
-- unit: visits
-- direction: 1
-- definition.zh: 期内走访次数，含重点与常规对象。
-- definition.en: Household visits made in the period, to priority and regular targets.
-- source.zh: 观澜街道2022年报道：联户走访
-- source: Guanlan report 2022, household visits
-- caveat.zh: 走访计入对象所在网格；不在名册的对象不计。
-- caveat: A visit counts where its target lives; visits to targets that are not on the list count nowhere.
-- params: level text, boundaries date, since date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select cell.region_id, count(*)::double as n, null::double as of, count(*)::double as value
from visit
join visit_target as target on target.target_no = visit.target_no
join record_in_cell('visit_target', $level) as cell on cell.record_id = target.record_id
where visit.visited_on >= coalesce($since::date, date '1900-01-01')
  and visit.visited_on < period_end($until, $now)
  and in_force(cell.valid_from, cell.valid_to, coalesce($boundaries::date, visit.visited_on))
group by cell.region_id;
