-- answers: Who brought each petition, as a keyed hash: the same person, the same hash, and no way back.
-- grain: one row per petition
create or replace table petitioner as
select
    record_id,
    fields->>'petition_no' as petition_no,
    fields->>'petitioner' as petitioner
from record
where record_kind = 'petitioner';
