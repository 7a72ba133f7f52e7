-- answers: Stages the rating levels of a file and says which are new, changed or in the store just so.
-- params: path text
-- returns: none
-- grain: one row per row of the file
-- order: none
create or replace temp table staged as
with incoming as (
    select
        incoming.row_no,
        incoming.scheme,
        incoming.level,
        incoming.rank,
        incoming.title_zh,
        incoming.title_en,
        incoming.colour,
        incoming.interval_days,
        incoming.weight
    from read_parquet($path) as incoming
)
select
    incoming.*,
    case
        when rating_scheme.scheme is null then 'new'
        when (incoming.scheme, incoming.level, incoming.rank, incoming.title_zh, incoming.title_en,
              incoming.colour, incoming.interval_days, incoming.weight)
             is not distinct from
             (rating_scheme.scheme, rating_scheme.level, rating_scheme.rank, rating_scheme.title_zh,
              rating_scheme.title_en, rating_scheme.colour, rating_scheme.interval_days, rating_scheme.weight)
            then 'same'
        else 'changed'
    end as fate
from incoming
left join rating_scheme on rating_scheme.scheme = incoming.scheme and rating_scheme.level = incoming.level;
