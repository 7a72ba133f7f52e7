-- answers: Which share of the petitions comes from people who petition again and again.
-- title.zh: 重复诉求占比
-- title.en: From repeat petitioners
-- kind: rate
-- unit: share
-- direction: 0
-- definition.zh: 期内受理且诉求人可识别（仅密文）的诉求中，同一诉求人期内达到规定件数（设置 repeat_cases，默认 3）的占比。
-- definition.en: Of the petitions received in the period whose petitioner is known by hash, the share of those with at least so many in the period (setting repeat_cases, usually 3).
-- source.zh: 政府热线重复诉求，不识别个人
-- source: repeated demands of hotlines, without naming anybody
-- caveat.zh: 以电话或证件号（仅密文）识别，更换号码视为另一人；全域统计，按诉求所在网格显示。
-- caveat: A person is known by telephone or identity number: who changes it counts as somebody else. Counted over the whole store, shown where the petitions lie.
-- params: level text, boundaries date, since date, until date, now timestamp, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with known as (  -- before cells are looked up: texts are compared once per petition, not once per cell
    select petition.petition_id, count(*) over (partition by petitioner.petitioner) as cases
    from petition
    join petitioner on petitioner.petition_no = petition.petition_no
    where petition.received_at >= coalesce($since::date, date '1900-01-01')
      and petition.received_at < period_end($until, $now)
      and petition.status <> 'void'
      and in_categories(petition.category, $categories)
)
select
    petition.region_id,
    count(*) filter (known.cases >= store_number('repeat_cases', 3))::double as n,
    count(*)::double as of,
    count(*) filter (known.cases >= store_number('repeat_cases', 3)) / nullif(count(*), 0)::double as value
from petition_received($level, $boundaries, $since, $until, $categories) as petition
join known on known.petition_id = petition.petition_id
group by petition.region_id;
