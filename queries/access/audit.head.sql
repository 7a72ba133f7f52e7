-- answers: The last row of the log and its seal.
-- params: none
-- returns: seq bigint, seal varchar
-- grain: one row, or none
-- order: seq desc limit 1
select seq, seal
from audit_entry
order by seq desc
limit 1;
