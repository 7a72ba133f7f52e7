-- answers: Records where records lie.
-- params: placed table
-- returns: none
-- grain: one row per record and period
-- order: none
insert into place
select record_kind, record_id, region_id, valid_from, valid_to, placed_by, on_border, reason
from placed;
