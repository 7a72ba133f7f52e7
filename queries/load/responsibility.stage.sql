-- answers: Stages the responsibilities of a file and says which are new, changed or in the store just so.
-- params: path text
-- returns: none
-- grain: one row per row of the file
-- order: none
create or replace temp table staged as
with incoming as (
    select
        incoming.row_no,
        incoming.region_code,
        incoming.role,
        incoming.person_no,
        incoming.duty,
        incoming.valid_from,
        coalesce(incoming.valid_to, date '9999-12-31') as valid_to
    from read_parquet($path) as incoming
)
select
    incoming.*,
    case
        when responsibility.region_code is null then 'new'
        when (incoming.region_code, incoming.role, incoming.person_no, incoming.duty, incoming.valid_from,
              incoming.valid_to)
             is not distinct from
             (responsibility.region_code, responsibility.role, responsibility.person_no, responsibility.duty,
              responsibility.valid_from, responsibility.valid_to)
            then 'same'
        else 'changed'
    end as fate
from incoming
left join responsibility on responsibility.region_code = incoming.region_code and responsibility.role = incoming.role and responsibility.person_no = incoming.person_no and responsibility.valid_from = incoming.valid_from;
