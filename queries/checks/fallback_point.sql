-- answers: Fallback coordinates: petitions of different matters piled up on exactly one point, as a source writes them that
-- knows no better place (rule pile_cases of the store, usually 20, of at least 3 minor classes).
-- params: now timestamp, level text, most bigint
-- returns: record_kind varchar, record_no varchar, detail varchar, code varchar, name varchar, total bigint, checked bigint
-- grain: one row per point, at most so many, and one without a number when none is found; total counts the petitions on such points
-- order: length of the pile, detail
with pile as (
    select
        x, y,
        count(*) as cases,
        min(petition_no) as petition_no,
        any_value(settled_in) as region_id
    from petition
    where x is not null
      and $level <> ''
      and received_at <= $now::timestamp
    group by x, y
    having count(*) >= store_number('pile_cases', 20)
       and count(distinct subcategory) >= 3
),
sized as (
    select count(*) as checked
    from petition
    where x is not null
),
counted as (
    select coalesce(sum(cases), 0)::bigint as total
    from pile
)
select
    'petition' as record_kind,
    pile.petition_no as record_no,
    pile.cases || ' on ' || round(pile.x, 1) || ', ' || round(pile.y, 1) as detail,
    latest.code,
    latest.name,
    counted.total,
    sized.checked
from sized
cross join counted
left join pile on true
left join last_named(null) as latest on latest.region_id = pile.region_id
order by pile.cases desc, detail
limit $most;
