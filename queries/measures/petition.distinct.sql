-- answers: How many different matters were received.
-- title.zh: 去重诉求
-- title.en: Petitions, merged ones folded
-- kind: count
-- unit: cases
-- direction: 0
-- definition.zh: 期内收到的诉求件数，并入其他诉求的不重复计；分母为原始件数。
-- definition.en: Petitions received in the period without those merged into another; shown of all received.
-- source.zh: 坪山民生诉求，并案：原始件数与并案后件数并列
-- source: Pingshan one-stop intake, merging: raw and merged counts are both stated
-- caveat.zh: 事后并案的，自得知并案起合并计数。
-- caveat: A petition merged later on is folded as soon as it is known to be.
-- sums_over: petition
-- beside: n - petition.settled_rate.of, n + petition.valid_rate.n - of - petition.settled_rate.of
-- params: level text, boundaries date, since date, until date, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    region_id,
    count(*) filter (status <> 'merged')::double as n,
    count(*)::double as of,
    count(*) filter (status <> 'merged')::double as value
from petition_received($level, $boundaries, $since, $until, $categories)
group by region_id;
