-- answers: Forgets where the given records lie, so that they can be placed again.
-- params: record_kind text, records table
-- returns: none
-- grain: all rows of the records
-- order: none
delete from place
where record_kind = $record_kind
  and record_id in (select record_id from records);
