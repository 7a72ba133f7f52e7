-- answers: Which share of the petitions received lies in a grid and has a handler.
-- title.zh: 诉求覆盖率
-- title.en: Petition coverage
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 期内受理的诉求中，落在有编号的网格（最末级单元，非未划分土地）且有承办单位的占比。
-- definition.en: Of the petitions received in the period, the share that lies in a leaf cell that is not unassigned land and has a handling unit.
-- source.zh: 观澜街道2022年报道：每一寸土地都有人管、每一个诉求都有人理
-- source: Guanlan report 2022: every inch of land has somebody in charge, every demand an answer
-- caveat.zh: 仅知社区名而社区已划分网格的，不算落格。
-- caveat: A petition placed by name in a divided community has no grid and is not covered.
-- params: level text, boundaries date, since date, until date, categories text[]
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
with received as (
    select
        petition.region_id,
        petition.handler is not null and leaf.region_id is not null as covered
    from petition_placed($level, $boundaries) as petition
    left join believed() as leaf
      on leaf.region_id = petition.placed_in
     and leaf.geom is not null
     and leaf.kind <> 'unassigned'
     and leaf.valid_from <= coalesce($boundaries::date, petition.received_at::date)
     and coalesce($boundaries::date, petition.received_at::date) < leaf.valid_to
    where petition.received_at >= coalesce($since::date, date '1900-01-01')
      and petition.received_at < coalesce($until::date, date '9999-12-31')
      and in_categories(petition.category, $categories)
)
select
    region_id,
    count(*) filter (covered)::double as n,
    count(*)::double as of,
    count(*) filter (covered) / nullif(count(*), 0)::double as value
from received
group by region_id;
