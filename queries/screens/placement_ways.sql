-- answers: By what the records were placed today, and how far down.
-- params: on_day date
-- returns: record_kind varchar, placed_by varchar, level varchar, records bigint, on_border bigint
-- grain: one row per kind of record, way of placing and level reached (total where not placed)
-- order: record_kind, records desc, placed_by, level
select
    place.record_kind,
    place.placed_by,
    coalesce(region.level, 'total') as level,
    count(*) as records,
    count(*) filter (place.on_border) as on_border
from place
left join region using (region_id)
where place.valid_from <= $on_day::date
  and $on_day::date < place.valid_to
group by all
order by record_kind, records desc, placed_by, level;
