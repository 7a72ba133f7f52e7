-- answers: The records that a change of some regions from a day on can concern, and why: they lie in one of them (inside),
-- they lie on a border or by their point in no cell (on_edge), or they have no point in any cell and lie where their
-- region code or name says, or nowhere (by_name).
-- params: record_kind text, region_ids bigint[], on_day date
-- returns: record_id bigint, inside boolean, on_edge boolean, by_name boolean
-- grain: one row per record
-- order: none
select
    record_id,
    bool_or(in_changed and valid_to > $on_day) as inside,
    bool_or(on_border or placed_by not in ('point', 'building_code')) as on_edge,
    bool_or(placed_by in ('region_code', 'region_name')
            or (placed_by = 'none' and reason <> 'outside every cell')) as by_name
from (
    select *, region_id in (select unnest($region_ids)) as in_changed
    from place
    where record_kind = $record_kind
)
where in_changed
   or on_border
   or placed_by not in ('point', 'building_code')
group by record_id;
