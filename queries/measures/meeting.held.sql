-- answers: How many meetings the block councils held.
-- title.zh: 理事会会议
-- title.en: Council meetings
-- kind: count
-- unit: meetings
-- direction: 1
-- protects: nothing
-- definition.zh: 期内召开的街区理事会会议次数。
-- definition.en: Meetings of the block councils held in the period.
-- source.zh: 观澜街道2022年报道：20个街区理事会开会145次、议题272个
-- source: Guanlan report 2022, block councils: 145 meetings, 272 topics in 20 blocks
-- caveat.zh: 网格设立前召开的会议，计入该网格现址。
-- caveat: Meetings held before the grids of the day existed count where those grids lie.
-- params: level text, boundaries date, since date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select cell.region_id, count(*)::double as n, null::double as of, count(*)::double as value
from meeting
join record_in_cell('meeting', $level) as cell on cell.record_id = meeting.record_id
where meeting.held_on >= coalesce($since::date, date '1900-01-01')
  and meeting.held_on < period_end($until, $now)
  and in_force(cell.valid_from, cell.valid_to, coalesce($boundaries::date, meeting.held_on))
group by cell.region_id;
