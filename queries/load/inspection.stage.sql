-- answers: Stages the inspections of a file and says which are new, changed or in the store just so.
-- params: path text
-- returns: none
-- grain: one row per row of the file
-- order: none
create or replace temp table staged as
with incoming as (
    select
        incoming.row_no,
        incoming.inspection_no,
        incoming.building_no,
        incoming.inspected_at,
        incoming.result,
        incoming.hazards_found
    from read_parquet($path) as incoming
)
select
    incoming.*,
    case
        when inspection.inspection_no is null then 'new'
        when (incoming.inspection_no, incoming.building_no, incoming.inspected_at, incoming.result,
              incoming.hazards_found)
             is not distinct from
             (inspection.inspection_no, inspection.building_no, inspection.inspected_at, inspection.result,
              inspection.hazards_found)
            then 'same'
        else 'changed'
    end as fate
from incoming
left join inspection on inspection.inspection_no = incoming.inspection_no;
