-- answers: What goes by a name or number: cells, rental buildings, petitions, people in charge; where each lies today.
-- Numbers are found by their beginning, names by any part; those of people are sealed and come as `people`.
-- params: words text, people text[], on_day date, most integer
-- returns: kind varchar, title varchar, number varchar, region_id bigint
-- grain: one row per thing found, at most `most` of each kind
-- order: kind, number
with asked as (
    select trim($words) as words
),
found as (
    select 'cell' as kind, name as title, code as number, region_id
    from believed() cross join asked
    where valid_from <= $on_day and $on_day < valid_to
      and (contains(name, words) or starts_with(code, words))
    union all
    select 'rental_building', coalesce(name, building_no), building_no, place.region_id
    from rental_building cross join asked
    join place on place.record_kind = 'rental_building' and place.record_id = building_id
     and place.valid_from <= $on_day and $on_day < place.valid_to
    where place.region_id > 0
      and (starts_with(building_no, words) or starts_with(building_code, words) or contains(name, words))
    union all
    select 'petition', petition_no, petition_no, coalesce(settled_in, moved.region_id)
    from petition cross join asked
    left join petition_moved as moved on moved.petition_id = petition.petition_id
     and moved.valid_from <= $on_day and $on_day < moved.valid_to
    where starts_with(petition_no, words)
      and coalesce(settled_in, moved.region_id) > 0
    union all
    select 'responsibility', person_no, region_code, region.region_id
    from responsibility
    join believed() as region on region.code = region_code
     and region.valid_from <= $on_day and $on_day < region.valid_to
    where list_contains($people, person_no)
      and responsibility.valid_from <= $on_day and $on_day < responsibility.valid_to
)
select kind, title, number, region_id
from found
where (select words from asked) <> ''
qualify row_number() over (partition by kind order by length(number), number) <= $most
order by kind, number;
