-- answers: Stages the ratings of a file and says which are new, changed or in the store just so.
-- params: path text
-- returns: none
-- grain: one row per row of the file
-- order: none
create or replace temp table staged as
with incoming as (
    select
        incoming.row_no,
        incoming.building_no,
        incoming.scheme,
        incoming.level,
        incoming.valid_from,
        incoming.valid_to,
        incoming.reason
    from read_parquet($path) as incoming
)
select
    incoming.*,
    case
        when rental_rating.building_no is null then 'new'
        when (incoming.building_no, incoming.scheme, incoming.level, incoming.valid_from, incoming.valid_to,
              incoming.reason)
             is not distinct from
             (rental_rating.building_no, rental_rating.scheme, rental_rating.level, rental_rating.valid_from,
              rental_rating.valid_to, rental_rating.reason)
            then 'same'
        else 'changed'
    end as fate
from incoming
left join rental_rating on rental_rating.building_no = incoming.building_no and rental_rating.valid_from = incoming.valid_from;
