-- answers: Stages the personal values of a file, the last of each person and field, and says which are new or changed.
-- params: path text, record_kind text
-- returns: none
-- grain: one row per record and field
-- order: none
create or replace temp table staged_personal as
with incoming as (
    select *
    from read_parquet($path)
    qualify row_number() over (partition by record_key, field order by row_no desc) = 1
)
select
    incoming.* exclude (row_no),
    $record_kind as record_kind,
    case
        when incoming.sealed is null and known.mark is null then 'same'
        when incoming.mark is not distinct from known.mark and incoming.key_id is not distinct from known.key_id
            then 'same'
        else 'changed'
    end as fate
from incoming
left join personal_value as known
  on known.record_kind = $record_kind
 and known.record_key = incoming.record_key
 and known.field = incoming.field;
