-- answers: The last rows of the log, of an account or an action where these are given.
-- params: most integer, account text, action text
-- returns: seq bigint, done_at timestamp, account varchar, role varchar, action varchar, object varchar, reason varchar, rows_seen bigint, detail varchar
-- grain: one row per thing done
-- order: seq desc limit most
select seq, done_at, account, role, action, object, reason, rows_seen, detail
from audit_entry
where ($account = '' or account = $account)
  and ($action = '' or starts_with(action, $action))
order by seq desc
limit $most;
