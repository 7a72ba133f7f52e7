-- answers: Which share of the topics raised was handled by the end of the period.
-- title.zh: 议题办结率
-- title.en: Topic closure rate
-- kind: rate
-- unit: share
-- direction: 1
-- protects: nothing
-- definition.zh: 期内提出的议题中，截至期末已办结的占比；其余在跟踪。
-- definition.en: Of the topics raised in the period, the share handled by its end; the others are being tracked.
-- source.zh: 观澜街道2022年报道：231/272 = 84.9 %
-- source: Guanlan report 2022, 231/272 = 84.9 %
-- caveat.zh: 没有办结日期的已办结议题，视为提出当日办结。
-- caveat: A topic without a day of handling counts as handled as soon as it was raised.
-- params: level text, boundaries date, since date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with raised as (
    select
        cell.region_id,
        topic.status = 'handled'
            and coalesce(topic.handled_on, topic.raised_on) < period_end($until, $now) as handled
    from topic
    join record_in_cell('topic', $level) as cell on cell.record_id = topic.record_id
    where topic.raised_on >= coalesce($since::date, date '1900-01-01')
      and topic.raised_on < period_end($until, $now)
      and in_force(cell.valid_from, cell.valid_to, coalesce($boundaries::date, topic.raised_on))
)
select
    region_id,
    count(*) filter (handled)::double as n,
    count(*)::double as of,
    count(*) filter (handled) / nullif(count(*), 0)::double as value
from raised
group by region_id;
