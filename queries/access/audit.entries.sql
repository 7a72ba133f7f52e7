-- answers: How many rows the log has.
-- params: none
-- returns: entries bigint
-- grain: one row
-- order: none
select count(*) as entries
from audit_entry;
