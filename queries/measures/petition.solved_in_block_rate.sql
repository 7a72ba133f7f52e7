-- answers: Which share of the closed petitions was solved in the block.
-- title.zh: 街区层面解决率
-- title.en: Solved in the block
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 期内办结的诉求中，未上交社区、街道的占比（能在街区解决的不出街区）。
-- definition.en: Of the petitions closed in the period, the share that was never passed up to community or street.
-- source.zh: 观澜街道2022年报道，石一：街区解决不了交社区，社区解决不了交街道
-- source: Guanlan report 2022, Shiyi: solve in the block, else the community, else the street
-- caveat.zh: 仅限有办理环节记录的诉求；上报到街区本级的仍算街区。
-- caveat: Of petitions with events only; one that was escalated to the block itself stays in the block.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    petition.region_id,
    count(*) filter (course.escalated_to <= 1)::double as n,
    count(*)::double as of,
    count(*) filter (course.escalated_to <= 1) / nullif(count(*), 0)::double as value
from petition_in_cell($level, $boundaries) as petition
join petition_course as course on course.petition_id = petition.petition_id
where petition.closed_at >= coalesce($since::date, date '1900-01-01')
  and petition.closed_at < period_end($until, $now)
  and in_categories(petition.category, $categories)
  and petition.status = 'closed'
group by petition.region_id;
