-- answers: Of which type (社区类型) each community is.
-- grain: one row per community
create or replace table community_type as
select
    record_id,
    fields->>'code' as code,
    fields->>'type' as type
from record
where record_kind = 'community_type';
