-- answers: Which share of the petitions received in the period is closed by its end.
-- title.zh: 办结率
-- title.en: Settled rate
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 期内受理的诉求中，截至期末已办结的占比；已并案、拆分和不予受理的不计。
-- definition.en: Of the petitions received in the period, the share closed by its end; merged, split and rejected ones are out.
-- source.zh: 坪山民生诉求：办结率99.96%
-- source: Pingshan one-stop intake: 99.96 % settled
-- caveat.zh: 近期诉求多在办理期限内，会拉低比率。
-- caveat: Recent petitions are often still within their time limit, which lowers the rate.
-- sums_over: petition
-- beside: petition.received.n - of
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with received as (
    select region_id, status = 'closed' and (closed_at is null or closed_at < period_end($until, $now)) as settled
    from petition_received($level, $boundaries, $since, $until, $categories)
    where status not in ('rejected', 'merged', 'split')
)
select
    region_id,
    count(*) filter (settled)::double as n,
    count(*)::double as of,
    count(*) filter (settled) / nullif(count(*), 0)::double as value
from received
group by region_id;
