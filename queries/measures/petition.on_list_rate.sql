-- answers: Which share of the petitions is on the duty list.
-- title.zh: 清单内占比
-- title.en: On the duty list
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 期内受理的诉求中，大类与小类在职责清单内的占比。
-- definition.en: Of the petitions received in the period, the share whose major and minor class is on the duty list.
-- source.zh: 坪山一网统管职责清单：19大类1,285小类
-- source: Pingshan duty list: 19 major, 1,285 minor classes
-- caveat.zh: 以上报时的类别为准。
-- caveat: By the class the petition was reported with.
-- params: level text, boundaries date, since date, until date, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with item as (
    select distinct major, minor
    from duty_item
)
select
    petition.region_id,
    count(*) filter (item.minor is not null)::double as n,
    count(*)::double as of,
    count(*) filter (item.minor is not null) / nullif(count(*), 0)::double as value
from petition_received($level, $boundaries, $since, $until, $categories) as petition
left join item on item.major = petition.category and item.minor = petition.subcategory
where exists (select 1 from duty_item)
group by petition.region_id;
