-- answers: Where the records of a register that is data only lie at a level, and from when to when: a measure takes
-- the row that holds the day to ask for, that of the record itself or one chosen for all. Records that cannot be
-- placed at the level appear at level 'total' only, where all are.
-- grain: one row per record and period [valid_from, valid_to) in one cell
create or replace macro record_in_cell(kind, cell_level) as table
select 0 as region_id, record_id, date '1900-01-01' as valid_from, date '9999-12-31' as valid_to
from record
where at_level('total', cell_level)
  and record_kind = kind
union all
select
    ancestry.ancestor_id,
    place.record_id,
    greatest(place.valid_from, ancestry.valid_from),
    least(place.valid_to, ancestry.valid_to)
from place
join ancestry
  on ancestry.region_id = place.region_id
 and at_level(ancestry.level, cell_level)
 and ancestry.level <> 'total'
where cell_level <> 'total'
  and place.record_kind = kind
  and greatest(place.valid_from, ancestry.valid_from) < least(place.valid_to, ancestry.valid_to);
