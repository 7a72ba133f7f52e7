-- answers: The records that have no point in any cell: they lie where their region code or name says, or nowhere.
-- A record with a point that is outside the boundaries of some days only is not among them.
-- grain: one row per record
create or replace macro placed_by_name(kind) as table
select distinct record_id
from place
where record_kind = kind
  and (placed_by in ('region_code', 'region_name') or (placed_by = 'none' and reason <> 'outside every cell'));
