-- answers: The records that hold a number, by the marks it has under each key.
-- params: marks text[]
-- returns: record_kind varchar, record_key varchar, field varchar
-- grain: one row per record and field
-- order: record_kind, record_key, field
select record_kind, record_key, field
from personal_value
where kind in ('phone', 'id')
  and list_contains($marks, mark)
order by record_kind, record_key, field
limit 200;
