-- answers: Notes on petitions just placed the one region each lies in on every day, so that most questions need no
-- look-up of places; those that moved get none and are looked up by day.
-- params: placed table
-- returns: none
-- grain: one row per record
-- order: none
update petition
set settled_in = settled.region_id, settled_by = settled.placed_by
from (
    select
        record_id,
        case when count(*) = 1 then any_value(region_id) end as region_id,
        case when count(*) = 1 then any_value(placed_by) end as placed_by
    from placed
    group by record_id
) as settled
where petition.petition_id = settled.record_id;
