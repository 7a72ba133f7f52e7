-- answers: Which share of the blocks has a head.
-- title.zh: 街区负责人配备率
-- title.en: Blocks with a head
-- kind: rate
-- unit: share
-- direction: 1
-- protects: nothing
-- definition.zh: 期末有街区负责人在任的街区数 ÷ 街区数。
-- definition.en: Blocks with a block head whose term runs at the end of the period ÷ blocks.
-- source: Guanlan report 2022: committee members each answer for a block (街区负责人包干)
-- source.zh: 观澜街道报道，2022 年：街区负责人包干
-- caveat: Counts blocks; a cell below a block has none.
-- caveat.zh: 以街区计数；街区以下的网格没有此项。
-- params: level text, boundaries date, until date, now timestamp
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with blocks
-- order: none
with asked as (
    select coalesce($boundaries::date, period_last_day($until, $now)) as day
),
headed as (
    select distinct region_code as code
    from responsibility
    where role = 'block_head'
      and valid_from <= (select day from asked)
      and (select day from asked) < valid_to
)
select
    ancestry.ancestor_id as region_id,
    count(headed.code)::double as n,
    count(*)::double as of,
    count(headed.code) / nullif(count(*), 0)::double as value
from believed() as block
join ancestry
  on ancestry.region_id = block.region_id
 and at_level(ancestry.level, $level)
 and ancestry.valid_from <= (select day from asked)
 and (select day from asked) < ancestry.valid_to
left join headed on headed.code = block.code
where block.level = 'block'
  and block.kind <> 'unassigned'
  and block.valid_from <= (select day from asked)
  and (select day from asked) < block.valid_to
group by ancestry.ancestor_id;
