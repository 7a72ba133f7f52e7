-- answers: How many sealed values there are under each key.
-- params: none
-- returns: record_kind varchar, key_id varchar, sealed_values bigint
-- grain: one row per register and key
-- order: record_kind, key_id
select record_kind, key_id, count(*) as sealed_values
from personal_value
group by record_kind, key_id
order by record_kind, key_id;
