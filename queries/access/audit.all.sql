-- answers: The whole log with its seals, as it was written.
-- params: none
-- returns: seq bigint, done_at timestamp, account varchar, role varchar, action varchar, object varchar, reason varchar, rows_seen bigint, detail varchar, seal varchar
-- grain: one row per thing done
-- order: seq
select seq, done_at, account, role, action, object, reason, rows_seen, detail, seal
from audit_entry
order by seq;
