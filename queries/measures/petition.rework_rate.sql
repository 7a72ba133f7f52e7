-- answers: Which share of the petitions due for closure was sent back to be done again.
-- title.zh: 返工率
-- title.en: Rework rate
-- kind: rate
-- unit: share
-- direction: -1
-- definition.zh: 返工数 ÷ 应结案数。
-- definition.en: Sent back after verification or reopened ÷ due for closure, carried-over ones included.
-- source.zh: 郑州城市管理周报 2019-04-08：276/52,434 = 0.53 %
-- source: Zhengzhou weekly report 2019-04-08, 276/52,434 = 0.53 %
-- caveat.zh: 需有办理环节记录；多次返工只计一次。
-- caveat: Needs the petitions' events; a petition sent back twice counts once.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    due.region_id,
    count(*) filter (course.reworked_at < period_end($until, $now))::double as n,
    count(*)::double as of,
    count(*) filter (course.reworked_at < period_end($until, $now)) / nullif(count(*), 0)::double as value
from petition_due($level, $boundaries, $since, $until, $now, $categories) as due
left join petition_course as course on course.petition_id = due.petition_id
where exists (select 1 from petition_course)  -- without events nothing is known, which is not zero
group by due.region_id;
