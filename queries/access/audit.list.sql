-- answers: The last rows of the log, of an account, of actions and of days where these are given.
-- params: most integer, account text, action text, actions text[], since date, until date
-- returns: seq bigint, done_at timestamp, account varchar, role varchar, action varchar, object varchar, reason varchar, rows_seen bigint, detail varchar
-- grain: one row per thing done
-- order: seq desc limit most
select seq, done_at, account, role, action, object, reason, rows_seen, detail
from audit_entry
where ($account is null or account = $account)
  and ($action = '' or starts_with(action, $action))
  and (len($actions) = 0 or list_contains($actions, action))
  and ($since is null or done_at >= $since)
  and ($until is null or done_at < $until::date + 1)
order by seq desc
limit $most;
