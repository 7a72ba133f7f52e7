-- answers: Which share of the petitions due was extended.
-- title.zh: 延期率
-- title.en: Extension rate
-- kind: rate
-- unit: share
-- direction: -1
-- definition.zh: 延期数 ÷ 应结案数；设置 extension_of = disposal 时为 ÷ 应处置数（各地口径不同）。
-- definition.en: Extended ÷ due for closure, or ÷ due for disposal where the setting extension_of is disposal: sources differ.
-- source.zh: 郑州城市管理周报 2019-04-08：104/52,434 = 0.20 %；金牛区规则：以应处置数为分母
-- source: Zhengzhou weekly report 2019-04-08, 104/52,434 = 0.20 %; Jinniu rules: of those due for disposal
-- caveat.zh: 需有办理环节记录；多次延期只计一次。
-- caveat: Needs the petitions' events; a petition extended twice counts once.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with due as (
    select region_id, petition_id
    from petition_due($level, $boundaries, $since, $until, $now, $categories)
    where store_text('extension_of', 'closure') <> 'disposal'
    union all
    select region_id, petition_id
    from petition_disposal_due($level, $boundaries, $since, $until, $now, $categories)
    where store_text('extension_of', 'closure') = 'disposal'
)
select
    due.region_id,
    count(*) filter (course.extended_at < period_end($until, $now))::double as n,
    count(*)::double as of,
    count(*) filter (course.extended_at < period_end($until, $now)) / nullif(count(*), 0)::double as value
from due
left join petition_course as course on course.petition_id = due.petition_id
where exists (select 1 from petition_course)  -- without events nothing is known, which is not zero
group by due.region_id;
