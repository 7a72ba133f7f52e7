-- answers: How many topics were brought before the block councils.
-- title.zh: 理事会议题
-- title.en: Council topics
-- kind: count
-- unit: topics
-- direction: 0
-- protects: nothing
-- definition.zh: 期内提交街区理事会的议题数。
-- definition.en: Topics brought before the block councils in the period.
-- source.zh: 观澜街道2022年报道：20个街区理事会开会145次、议题272个
-- source: Guanlan report 2022, block councils: 145 meetings, 272 topics in 20 blocks
-- caveat.zh: 多次上会的议题只计一次，以提出日为准。
-- caveat: A topic taken up again at a later meeting counts once, when it was raised.
-- params: level text, boundaries date, since date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select cell.region_id, count(*)::double as n, null::double as of, count(*)::double as value
from topic
join record_in_cell('topic', $level) as cell on cell.record_id = topic.record_id
where topic.raised_on >= coalesce($since::date, date '1900-01-01')
  and topic.raised_on < period_end($until, $now)
  and in_force(cell.valid_from, cell.valid_to, coalesce($boundaries::date, topic.raised_on))
group by cell.region_id;
