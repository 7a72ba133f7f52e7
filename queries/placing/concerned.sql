-- answers: The records that a change of some regions from a day on can concern, and why: they lie in one of them, by their
-- point or where their names say (inside), they lie on a border in or beside them (on_edge), they lie by their point in no
-- cell, where other land may be covered now (uncovered), or they lie where their code or names say, or nowhere, and these
-- may stand for something else (by_name); and whether they lie there by their point.
-- params: record_kind text, region_ids bigint[], near_ids bigint[], renamed_ids bigint[], on_day date, other_outline boolean, other_names boolean
-- returns: record_id bigint, inside boolean, on_edge boolean, uncovered boolean, by_name boolean, by_point boolean
-- grain: one row per record
-- order: none
select
    record_id,
    bool_or(in_changed) as inside,
    bool_or(on_border and is_near) as on_edge,
    $other_outline and bool_or(not by_point) as uncovered,
    $other_names and bool_or(not by_point and reason is distinct from 'outside every cell') as by_name,
    bool_or(by_point) as by_point
from (
    select
        record_id, on_border, reason, by_point, is_near,
        valid_to > $on_day and in_changed or not by_point and is_renamed as in_changed
    from (
        select
            record_id, valid_to, on_border, reason,
            placed_by in ('point', 'building_code') as by_point,
            region_id in (select unnest($region_ids)) as in_changed,
            region_id in (select unnest($near_ids)) as is_near,
            region_id in (select unnest($renamed_ids)) as is_renamed
        from place
        where record_kind = $record_kind
    )
)
where in_changed
   or (on_border and is_near)
   or (not by_point and ($other_outline or $other_names))
group by record_id;
